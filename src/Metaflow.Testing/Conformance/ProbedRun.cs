using Metaflow.Artifacts;
using Metaflow.Launching;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Testing.Conformance;

/// <summary>A run of the probe's flow in a store of its own, whose tasks a launcher runs.</summary>
internal sealed class ProbedRun : IAsyncDisposable
{
    /// <summary>The most bytes kept of each stream.</summary>
    public const long MaxLogBytes = 1 << 20;

    private readonly string _folder;
    private readonly ITaskLauncher _launcher;
    private readonly IReadOnlyList<DecoratorAttribute> _decorators;
    private readonly string _metadataType;
    private readonly RunRecord _run;
    private readonly List<IDisposable> _open = [];
    private bool _isLost;

    private ProbedRun(
        string folder,
        LauncherOptions options,
        ITaskLauncher launcher,
        RunRecord run,
        IReadOnlyList<DecoratorAttribute> decorators,
        string metadataType)
    {
        _folder = folder;
        Options = options;
        _launcher = launcher;
        _run = run;
        _decorators = decorators;
        _metadataType = metadataType;
    }

    /// <summary>Gets what launchers of the run are opened with.</summary>
    public LauncherOptions Options { get; }

    private IBlobStore Blobs => Options.Stores.Blobs;

    /// <summary>Begins a run.</summary>
    /// <param name="datastore">Says where data are, given a folder of the run's own.</param>
    /// <param name="metadataType">The type of the metadata provider.</param>
    /// <param name="create">Opens the launcher.</param>
    /// <param name="decorators">Those of the steps.</param>
    /// <returns>The run.</returns>
    public static async Task<ProbedRun> BeginAsync(
        Func<string, StoreAddress> datastore,
        string metadataType,
        Func<LauncherOptions, ITaskLauncher> create,
        IReadOnlyList<DecoratorAttribute> decorators)
    {
        var folder = Directory.CreateTempSubdirectory("metaflow-launcher-").FullName;
        var settings = StoreOptions.Of(Settings.SettingsLoader.ProcessEnvironment(), TimeProvider.System);
        var stores = RunStores.Open(datastore(folder), settings, metadataType);
        var run = await stores.Metadata.RegisterRunAsync(
            new RunRecord(LauncherProbe.Name, "", "tester", [], [], TimeProvider.System.GetUtcNow()), default).ConfigureAwait(false);
        var parameters = new FlowDatastore(stores.Blobs, LauncherProbe.Name, TimeProvider.System).OpenWriter(
            new TaskPath(run.Flow, run.RunId, TaskPath.ParametersStep, "0"), 0);
        await parameters.BeginAttemptAsync(default).ConfigureAwait(false);
        await parameters.SaveArtifactsAsync(
            [
                new(InternalArtifacts.Name, ArtifactSerializer.SerializePlain(run.Flow)),
                new(InternalArtifacts.ForeachStack, ArtifactSerializer.SerializePlain(new List<object?>())),
            ],
            default).ConfigureAwait(false);
        await parameters.CommitAsync(default).ConfigureAwait(false);
        var options = new LauncherOptions(stores, settings);
        return new ProbedRun(folder, options, create(options), run, decorators, metadataType);
    }

    /// <summary>Makes what is to be launched.</summary>
    /// <param name="step">The step.</param>
    /// <param name="id">The id of the task.</param>
    /// <returns>The request.</returns>
    public LaunchRequest Request(string step, int id = 1)
    {
        var task = new TaskPath(_run.Flow, _run.RunId, step, $"{id}");
        var line = new TaskCommandLine
        {
            Step = step,
            RunId = _run.RunId,
            TaskId = task.TaskId,
            InputPaths = [$"{_run.RunId}/{TaskPath.ParametersStep}/0"],
            Datastore = StoreAddress.Of(Blobs),
            MetadataType = _metadataType,
        };
        return new LaunchRequest(task, 0, line.ToArguments(), new Dictionary<string, string> { ["METAFLOW_USER"] = "tester" }, MaxLogBytes)
        {
            Program = TaskHostLocation.Of(typeof(LauncherProbe), null, FlowPlugins.Describe()),
            Decorators = _decorators,
            AnnouncesSecrets = step == LauncherProbe.Tell,
        };
    }

    /// <summary>Launches a task.</summary>
    /// <param name="request">What to launch.</param>
    /// <param name="watch">Is told.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task, which the run disposes of.</returns>
    public async Task<ILaunchedTask> LaunchAsync(LaunchRequest request, ProbedTask watch, CancellationToken cancellationToken)
    {
        var task = await _launcher.LaunchAsync(request, watch, cancellationToken).ConfigureAwait(false);
        _open.Add(task);
        return task;
    }

    /// <summary>Ends the launcher, as the end of its scheduler does.</summary>
    public void LoseLauncher()
    {
        if (!_isLost)
        {
            _isLost = true;
            _launcher.Dispose();
            _open.ForEach(static task => task.Dispose());
        }
    }

    /// <summary>Returns the lines of a task's stored log.</summary>
    /// <param name="task">The task.</param>
    /// <param name="stream">The stream.</param>
    /// <returns>The lines.</returns>
    public async Task<IReadOnlyList<string>> StoredAsync(TaskPath task, LogKind stream)
        => [.. (await new TaskLogReader(Blobs).ReadAsync(task, 0, stream, default).ConfigureAwait(false)).Select(static line => line.Text)];

    /// <summary>Returns whether the results of a task are stored.</summary>
    /// <param name="task">The task.</param>
    /// <returns>Whether they are.</returns>
    public ValueTask<bool> IsCompleteAsync(TaskPath task)
        => new FlowDatastore(Blobs, task.Flow, TimeProvider.System).IsCompleteAsync(task, 0, default);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LoseLauncher();
        (Blobs as IDisposable)?.Dispose();
        for (var attempt = 0; Directory.Exists(_folder) && attempt < 100; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A task that was left behind still writes.
                await Task.Delay(50).ConfigureAwait(false);
            }
        }
    }
}
