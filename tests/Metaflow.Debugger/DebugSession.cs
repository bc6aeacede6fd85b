using Metaflow.Debugger.Interop;

namespace Metaflow.Debugger;

/// <summary>Debugs one process until it ends.</summary>
internal sealed class DebugSession(ManagedCallback callback, TextWriter output)
{
    /// <summary>Attaches to a process at once; the task ends with the process.</summary>
    public Task RunAsync(int processId)
    {
        var services = DebuggingLibrary.Open(processId);
        services.Initialize();
        services.SetManagedHandler(callback);
        services.DebugActiveProcess((uint)processId, asNativeDebugger: 0);
        output.WriteLine("attached");
        return EndAsync(services);
    }

    private async Task EndAsync(ICorDebug services)
    {
        await callback.Exited;
        services.Terminate();
        output.WriteLine("exited");
    }
}
