using Metaflow.Debugger;
using Metaflow.Debugger.Launching;

if (DebuggerArguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(DebuggerArguments.Usage);
    return 2;
}

var callback = new ManagedCallback(arguments.Breakpoints, Console.Out);
if (arguments.ProcessId is { } processId)
{
    await new DebugSession(callback, Console.Out).RunAsync(processId);
    return 0;
}

using var target = new SuspendedProgram(arguments.Command);
if (await target.WaitForRuntimeAsync())
{
    var session = new DebugSession(callback, Console.Out).RunAsync(target.Id);
    target.Continue();
    await session;
}

return await target.EndAsync();
