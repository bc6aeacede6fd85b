using Metaflow.Launching;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Tasks;

namespace Metaflow.InProcess;

/// <summary>Runs tasks in this process, each on a thread of its own with a flow object of its own: for tests and for programs that want no
/// processes.</summary>
/// <remarks>Attempts, retries and requests to stop work as with processes. What is not isolated: static members, the working folder, memory
/// (there is no limit), and a step that does not heed its token, which is left behind when it is killed; its results are then
/// dropped.</remarks>
internal sealed class InProcessTaskLauncher : ITaskLauncher
{
    private readonly Func<FlowSpec> _makeFlow;
    private readonly RunStores _stores;
    private readonly IAppendableBlobStore _logs;
    private readonly TimeProvider _time;

    /// <summary>Initializes a launcher.</summary>
    /// <param name="makeFlow">Makes a flow object for each attempt.</param>
    /// <param name="stores">Where data, logs and records are kept.</param>
    /// <param name="time">The clock.</param>
    public InProcessTaskLauncher(Func<FlowSpec> makeFlow, RunStores stores, TimeProvider time)
    {
        _makeFlow = makeFlow;
        _stores = stores;
        _logs = WholeLogs.Of(stores.Blobs, time);
        _time = time;
        TaskConsole.OfProcess.Install();
    }

    /// <summary>Gets a value indicating whether all that steps store is read back and compared, as tests want.</summary>
    public bool ReadsBack { get; init; }

    /// <summary>Gets a datastore from which tasks read what the run's own lacks; <see langword="null"/>, the default, for none.</summary>
    public IBlobStore? Origin { get; init; }

    /// <inheritdoc/>
    public bool UsesThisMachine => true;

    /// <inheritdoc/>
    public TimeSpan RetryWait => TimeSpan.Zero;

    /// <inheritdoc/>
    public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        var stores = Origin is null ? _stores : _stores.ReadingThrough(Origin);
        var task = new InProcessTask(request, new InProcessConsole(request, _logs, _time, observer), observer, _time);
        task.Start(
            _makeFlow, (flow, errors) => new TaskRunner(flow, TaskCommandLine.FromArguments(request.Arguments), stores, _time, errors)
            {
                StopRequested = task.StopRequested,
                Abandoned = task.Abandoned,
                SetShared = task.SetVariable,
                HideSecrets = task.HideSecrets,
                ReportProgress = observer.OnProgress,
                ReadsBack = ReadsBack,
            });
        return new(task);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
