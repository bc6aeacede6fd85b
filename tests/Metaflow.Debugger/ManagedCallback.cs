using System.Runtime.InteropServices.Marshalling;
using Metaflow.Debugger.Interop;

namespace Metaflow.Debugger;

/// <summary>Hears what happens in the process, sets breakpoints when libraries are loaded, and lets the process go on each time.</summary>
[GeneratedComClass]
internal sealed partial class ManagedCallback(IReadOnlyList<SourceLine> lines, TextWriter output) : IManagedCallback, IManagedCallback2
{
    private readonly List<(ICorDebugBreakpoint Breakpoint, Place Place)> _breakpoints = [];
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ICorDebugController? _process;

    /// <summary>Gets what ends when the process does.</summary>
    public Task Exited => _exited.Task;

    public void Breakpoint(ICorDebugController domain, nint thread, ICorDebugBreakpoint breakpoint)
    {
        var place = _breakpoints.Single(one => ReferenceEquals(one.Breakpoint, breakpoint)).Place;
        output.WriteLine($"breakpoint hit: {place}");
        domain.Continue(0);
    }

    public void LoadModule(ICorDebugController domain, ICorDebugModule module)
    {
        var path = NameOf(module);
        try
        {
            SetBreakpoints(module, path);
        }
        catch (Exception error)
        {
            // Without this, the services would get an error code, and the process would stand still.
            output.WriteLine($"no breakpoints in '{path}': {error.Message}");
        }

        domain.Continue(0);
    }

    public void BreakpointSetError(ICorDebugController domain, nint thread, ICorDebugBreakpoint breakpoint, uint code)
    {
        output.WriteLine($"breakpoint not set: 0x{code:x8}");
        domain.Continue(0);
    }

    public void DebuggerError(ICorDebugController process, int result, uint code)
    {
        output.WriteLine($"debugging failed: 0x{result:x8} {code}");
        _exited.TrySetResult();
    }

    public void ExitProcess(ICorDebugController process) => _exited.TrySetResult();

    public void StepComplete(ICorDebugController domain, nint thread, nint stepper, int reason) => domain.Continue(0);

    public void Break(ICorDebugController domain, nint thread) => domain.Continue(0);

    public void Exception(ICorDebugController domain, nint thread, int isUnhandled) => domain.Continue(0);

    public void EvalComplete(ICorDebugController domain, nint thread, nint evaluation) => domain.Continue(0);

    public void EvalException(ICorDebugController domain, nint thread, nint evaluation) => domain.Continue(0);

    public void CreateProcess(ICorDebugController process)
    {
        _process = process;
        process.Continue(0);
    }

    public void CreateThread(ICorDebugController domain, nint thread) => domain.Continue(0);

    public void ExitThread(ICorDebugController domain, nint thread) => domain.Continue(0);

    public void UnloadModule(ICorDebugController domain, nint module) => domain.Continue(0);

    public void LoadClass(ICorDebugController domain, nint loaded) => domain.Continue(0);

    public void UnloadClass(ICorDebugController domain, nint unloaded) => domain.Continue(0);

    public void LogMessage(ICorDebugController domain, nint thread, int level, nint logSwitch, nint message) => domain.Continue(0);

    public void LogSwitch(ICorDebugController domain, nint thread, int level, uint reason, nint logSwitch, nint parent)
        => domain.Continue(0);

    public void CreateAppDomain(ICorDebugController process, nint domain) => process.Continue(0);

    public void ExitAppDomain(ICorDebugController process, nint domain) => process.Continue(0);

    public void LoadAssembly(ICorDebugController domain, nint assembly) => domain.Continue(0);

    public void UnloadAssembly(ICorDebugController domain, nint assembly) => domain.Continue(0);

    public void ControlCTrap(ICorDebugController process) => process.Continue(0);

    public void NameChange(ICorDebugController? domain, nint thread) => (domain ?? _process!).Continue(0);

    public void UpdateModuleSymbols(ICorDebugController domain, nint module, nint symbols) => domain.Continue(0);

    public void EditAndContinueRemap(ICorDebugController domain, nint thread, nint function, int isAccurate) => domain.Continue(0);

    public void FunctionRemapOpportunity(ICorDebugController domain, nint thread, nint oldFunction, nint newFunction, uint offset)
        => domain.Continue(0);

    public void CreateConnection(ICorDebugController process, uint connection, nint name) => process.Continue(0);

    public void ChangeConnection(ICorDebugController process, uint connection) => process.Continue(0);

    public void DestroyConnection(ICorDebugController process, uint connection) => process.Continue(0);

    public void Exception(ICorDebugController domain, nint thread, nint frame, uint offset, int kind, uint flags) => domain.Continue(0);

    public void ExceptionUnwind(ICorDebugController domain, nint thread, int kind, uint flags) => domain.Continue(0);

    public void FunctionRemapComplete(ICorDebugController domain, nint thread, nint function) => domain.Continue(0);

    public void MDANotification(ICorDebugController controller, nint thread, nint notification) => controller.Continue(0);

    private void SetBreakpoints(ICorDebugModule module, string path)
    {
        foreach (var place in Symbols.Find(path, lines))
        {
            var breakpoint = module.GetFunctionFromToken(place.MethodToken).GetILCode().CreateBreakpoint(place.Offset);
            breakpoint.Activate(1);
            _breakpoints.Add((breakpoint, place));
            output.WriteLine($"breakpoint set: {place}");
        }
    }

    private static unsafe string NameOf(ICorDebugModule module)
    {
        const int Capacity = 4096;
        var name = stackalloc char[Capacity];
        uint length;
        module.GetName(Capacity, &length, name);
        return new string(name);
    }
}
