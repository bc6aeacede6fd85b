using Metaflow.Plugins;

namespace Metaflow;

/// <summary>A flow program whose plug-ins are named in its code:
/// <c>return await FlowProgram.For&lt;MyFlow&gt;().Use&lt;SlurmPlugin&gt;().RunAsync(args);</c>.</summary>
/// <remarks>Plug-ins of referenced packages need no registration. Every task's process runs the same code, so it has the same
/// plug-ins.</remarks>
public sealed class FlowProgramSetup
{
    private readonly Func<string[], Task<int>> _run;

    internal FlowProgramSetup(Func<string[], Task<int>> run) => _run = run;

    /// <summary>Adds a plug-in for the whole process. Nothing happens if it is already registered.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    /// <returns>This program.</returns>
    public FlowProgramSetup Use<TPlugin>()
        where TPlugin : IMetaflowPlugin
    {
        ProgramPlugins.Add<TPlugin>();
        return this;
    }

    /// <summary>Executes the command line: runs the flow, shows it, or runs one task of it.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code: 0 for success, 1 for a failure, 2 for a wrong command line, 143 after SIGTERM.</returns>
    public Task<int> RunAsync(string[] arguments) => _run(arguments);
}
