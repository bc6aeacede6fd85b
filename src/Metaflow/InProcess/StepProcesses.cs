using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.InProcess;

/// <summary>The processes that steps start while they share the process of a flow program. Where each task has a process of its own, the
/// end of that one ends them. Here the end of the run does.</summary>
internal sealed class StepProcesses : IDisposable
{
    private readonly string _mark;

    private StepProcesses(string mark) => _mark = mark;

    /// <summary>Marks all processes that this one starts from now on.</summary>
    /// <returns>The processes.</returns>
    public static StepProcesses Mark()
    {
        // It begins as the mark that this process has, so that a scheduler which started this program finds them as well.
        var mark = RunMark.OfThisProcess + RunMark.Create();
        Environment.SetEnvironmentVariable(RunMark.Variable, mark);
        return new StepProcesses(mark);
    }

    /// <inheritdoc/>
    public void Dispose() => MarkedProcesses.End(RunMark.TextOf(_mark));
}
