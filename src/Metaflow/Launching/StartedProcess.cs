using System.Diagnostics;
using Metaflow.Settings;

namespace Metaflow.Launching;

/// <summary>A process that was started for a task.</summary>
/// <param name="Process">The process, whose streams are pipes.</param>
/// <param name="Mark">What marks it and all that it starts.</param>
internal sealed record StartedProcess(Process Process, string Mark);

/// <summary>Starts processes of the program, each with a mark of its own.</summary>
/// <param name="program">The program.</param>
/// <param name="mark">Makes the mark of the next process.</param>
/// <remarks>Used by the launcher's starting thread only.</remarks>
internal sealed class ProcessStarter(ProgramLocation program, Func<string> mark)
{
    /// <summary>Starts a process.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="environment">Variables set beside the inherited ones.</param>
    /// <returns>The process.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">It could not be started.</exception>
    public StartedProcess Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var own = mark();
        var start = program.ToStartInfo(arguments, own);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        RuntimeVariables.AddTo(start.Environment);
        return new StartedProcess(Process.Start(start)!, own);
    }
}
