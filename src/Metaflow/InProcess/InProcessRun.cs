namespace Metaflow.InProcess;

/// <summary>What a flow program looks after while tasks share its process: the processes of steps, and the end of its own.</summary>
internal sealed class InProcessRun : IDisposable
{
    private readonly StepProcesses _started = StepProcesses.Mark();
    private readonly UnfinishedRun _unfinished = UnfinishedRun.Watch();

    /// <inheritdoc/>
    public void Dispose()
    {
        _unfinished.Dispose();
        _started.Dispose();
    }
}
