using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A task of a run. What was read is kept: a new handle sees what has changed.</summary>
/// <remarks>Safe for several threads.</remarks>
public sealed partial class TaskHandle
{
    private const string RuntimeTag = "runtime:";

    private readonly TaskRecord _record;
    private readonly int? _attempt;
    private readonly Lazy<IReadOnlyList<MetadataDatum>> _allMetadata;
    private readonly Lazy<IReadOnlyDictionary<string, MetadataDatum>> _latest;
    private readonly Lazy<TaskArtifacts> _artifacts;
    private readonly Lazy<TaskData> _data;
    private readonly Lazy<IReadOnlyList<RegisteredArtifact>> _registered;

    internal TaskHandle(StepHandle step, TaskRecord record, int? attempt = null, Lazy<IReadOnlyList<MetadataDatum>>? metadata = null)
    {
        Step = step;
        _record = record;
        _attempt = attempt;
        _allMetadata = metadata ?? new Lazy<IReadOnlyList<MetadataDatum>>(ReadMetadata, LazyThreadSafetyMode.PublicationOnly);
        _latest = new Lazy<IReadOnlyDictionary<string, MetadataDatum>>(FindLatest, LazyThreadSafetyMode.PublicationOnly);
        _artifacts = new Lazy<TaskArtifacts>(OpenArtifacts, LazyThreadSafetyMode.PublicationOnly);
        _registered = new Lazy<IReadOnlyList<RegisteredArtifact>>(() => ListArtifacts(_artifacts.Value.Attempt), LazyThreadSafetyMode.PublicationOnly);
        _data = new Lazy<TaskData>(() => new TaskData(_artifacts.Value), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Gets the step.</summary>
    public StepHandle Step { get; }

    /// <summary>Gets the address.</summary>
    public TaskPath Path => _record.Path;

    /// <summary>Gets the id within the run.</summary>
    public string Id => Path.TaskId;

    /// <summary>Gets the pathspec, <c>Flow/run/step/task</c>.</summary>
    public string Pathspec => Path.ToString();

    /// <summary>Gets when the task was registered.</summary>
    public DateTimeOffset CreatedAt => _record.CreatedAt;

    /// <summary>Gets all tags of the run.</summary>
    public IReadOnlyList<string> Tags => Step.Run.Tags;

    /// <summary>Gets the number of the newest attempt, or of the one that this handle was asked for.</summary>
    public int CurrentAttempt => _attempt ?? (Attempts.Count > 0 ? Attempts[^1] : 0);

    /// <summary>Gets the numbers of the attempts that were started, in order.</summary>
    public IReadOnlyList<int> Attempts
        => [.. _allMetadata.Value.Where(static datum => datum.Field == "attempt").Select(Number).OfType<int>().Distinct().Order()];

    /// <summary>Gets the data recorded about the task, oldest first; of this attempt only when the handle was asked for one.</summary>
    /// <remarks>After its own data a task cloned by 'resume' has the newest of its origin for each field that it lacks.</remarks>
    public IReadOnlyList<MetadataDatum> Metadata
    {
        get
        {
            var own = OwnMetadata;
            var fields = own.Select(static datum => datum.Field).ToHashSet(StringComparer.Ordinal);
            return [.. own, .. _latest.Value.Values.Where(datum => !fields.Contains(datum.Field)).OrderBy(static datum => datum.CreatedAt)];
        }
    }

    /// <summary>Gets the newest value of each field as text. A task cloned by 'resume' has its origin's for those that it lacks.</summary>
    public IReadOnlyDictionary<string, string> MetadataDictionary
        => _latest.Value.ToDictionary(static latest => latest.Key, static latest => latest.Value.Text);

    /// <summary>Gets a value indicating whether the task ended, be it that a failure was caught.</summary>
    public bool Finished => Flag("_task_ok");

    /// <summary>Gets a value indicating whether the author's code succeeded; <see langword="false"/> for a caught failure.</summary>
    public bool Successful => Flag("_success");

    /// <summary>Gets when the attempt ended whose artifacts this handle shows, successfully or not; <see langword="null"/> when none has ended by itself.</summary>
    /// <remarks>Ask <see cref="Finished"/> whether it ended well. A task that is tried again has the time of the attempt before.</remarks>
    public DateTimeOffset? FinishedAt => DoneDatum?.CreatedAt;

    /// <summary>Gets the failure that ended the attempt, or <see langword="null"/>. A caught failure is in its own artifact.</summary>
    public StepFailure? Exception => _data.Value.Contains("_exception") ? StepFailureEncoding.FromPython(_data.Value["_exception"]) : null;

    /// <summary>Gets the values of the artifacts. There are none while no attempt is complete.</summary>
    /// <exception cref="Errors.StorageException">The list of artifacts is unreadable (MF4009).</exception>
    public TaskData Data => _data.Value;

    /// <summary>Gets the artifacts by name, without the framework's own, which begin with <c>_</c>.</summary>
    public IReadOnlyList<ArtifactHandle> Artifacts => [.. AllArtifacts.Where(static artifact => !artifact.Name.StartsWith('_'))];

    /// <summary>Gets all artifacts by name, the framework's own too.</summary>
    public IReadOnlyList<ArtifactHandle> AllArtifacts =>
    [
        .. _artifacts.Value.Records.Values.OrderBy(static record => record.Name, StringComparer.Ordinal)
            .Select(record => new ArtifactHandle(this, record)),
    ];

    /// <summary>Gets the standard output of the attempt, each line with a line feed.</summary>
    public string Stdout => TaskLogReader.Join(LogLines(LogKind.Stdout));

    /// <summary>Gets the standard error of the attempt, each line with a line feed.</summary>
    public string Stderr => TaskLogReader.Join(LogLines(LogKind.Stderr));

    /// <summary>Gets where the task ran, such as <c>dev</c> for a local run; <see langword="null"/> when the run does not say.</summary>
    public string? RuntimeName => Tags.FirstOrDefault(static tag => tag.StartsWith(RuntimeTag, StringComparison.Ordinal))?[RuntimeTag.Length..];

    /// <summary>Gets the pathspec of the task that 'resume' or 'run --cache' cloned this one from, or <see langword="null"/>.</summary>
    public string? OriginPathspec => Origin(_allMetadata.Value)?.ToString();

    internal ClientContext Context => Step.Context;

    internal TaskArtifacts Source => _artifacts.Value;

    private string AttemptTag => string.Create(CultureInfo.InvariantCulture, $"attempt_id:{_attempt}");

    private IReadOnlyList<MetadataDatum> OwnMetadata
        => _attempt is null ? _allMetadata.Value : [.. _allMetadata.Value.Where(datum => datum.Tags.Contains(AttemptTag))];

    private MetadataDatum? DoneDatum => OwnMetadata.LastOrDefault(static datum => datum.Field == "attempt-done");

    /// <summary>Returns a handle of one attempt: its metadata, artifacts and logs.</summary>
    /// <param name="attempt">The attempt's number, from 0.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="Errors.MetadataException">The task has no such attempt (MF5010).</exception>
    public TaskHandle Attempt(int attempt) => Attempts.Contains(attempt)
        ? new TaskHandle(Step, _record, attempt, _allMetadata)
        : throw ClientErrors.NoAttempt(Pathspec, attempt, Attempts);

    /// <summary>Returns an artifact; the framework's own can be named too.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The artifact.</returns>
    /// <exception cref="Errors.MetadataException">There is none of this name (MF5004).</exception>
    public ArtifactHandle Artifact(string name) => _artifacts.Value.Records.TryGetValue(name, out var record)
        ? new ArtifactHandle(this, record)
        : throw ClientErrors.NotFound("artifact", $"{Pathspec}/{name}", name, _data.Value.Names);

    /// <summary>Reads the lines of a stream, oldest first.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The lines with their times. Nothing when there is no log.</returns>
    /// <exception cref="Errors.StorageException">A log could not be read (MF4004, MF4007).</exception>
    public IReadOnlyList<LogLine> LogLines(LogKind stream)
    {
        var lines = ReadLog(Context.Datastore(Path.Flow), stream);
        return lines.Count == 0 && Elsewhere() is { } other ? ReadLog(other, stream) : lines;
    }

    private IReadOnlyList<LogLine> ReadLog(FlowDatastore datastore, LogKind stream)
        => Completion.Of(new TaskLogReader(datastore.Blobs).ReadAsync(Path, CurrentAttempt, stream, CancellationToken.None));

    private bool Flag(string name) => _data.Value.Contains(name) && _data.Value[name] is true;

    private static int? Number(MetadataDatum datum) => int.TryParse(datum.Text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private IReadOnlyList<MetadataDatum> ReadMetadata() => Completion.Of(Context.Metadata.ListMetadataAsync(Path, CancellationToken.None));

    // The records of the datastore say more than those of the metadata, and need one file instead of one for each artifact.
    private TaskArtifacts OpenArtifacts()
    {
        if ((_attempt ?? (DoneDatum is { } done ? Number(done) : null)) is not { } attempt)
        {
            return new TaskArtifacts(Context.Datastore(Path.Flow), Path, CurrentAttempt, new Dictionary<string, ArtifactRecord>());
        }

        return Open(Context.Datastore(Path.Flow), attempt) ?? (Elsewhere() is { } other ? Open(other, attempt) : null) ?? FromMetadata(attempt);
    }

    private TaskArtifacts? Open(FlowDatastore datastore, int attempt)
        => Completion.Of(datastore.TryOpenAttemptAsync(Path, attempt, CancellationToken.None));

    private IReadOnlyList<RegisteredArtifact> ListArtifacts(int attempt)
        => Completion.Of(Context.Metadata.ListArtifactsAsync(Path, attempt, CancellationToken.None));

    private TaskArtifacts FromMetadata(int attempt)
    {
        var registered = ListArtifacts(attempt);
        var records = registered.Select(static artifact => artifact.Artifact)
            .ToDictionary(static artifact => artifact.Name, StringComparer.Ordinal);
        return new TaskArtifacts(DatastoreWith(registered) ?? Context.Datastore(Path.Flow), Path, attempt, records);
    }

    // What a record says about the root holds only where the blobs are not in the client's own datastore, which may be a copy.
    private FlowDatastore? DatastoreWith(IReadOnlyList<RegisteredArtifact> registered)
    {
        const string RootPrefix = ":root:";
        if (registered.Count == 0)
        {
            return null;
        }

        var own = Context.Datastore(Path.Flow);
        var first = registered[0];
        if (Completion.Of(own.Blobs.SizeAsync(own.Content.PathOf(first.Artifact.Key), CancellationToken.None)) is not null)
        {
            return own;
        }

        var end = first.Location.IndexOf($"/{Path.Flow}/data/", StringComparison.Ordinal);
        var root = first.Location.StartsWith(RootPrefix, StringComparison.Ordinal) ? first.Location[RootPrefix.Length..]
            : end > 0 ? first.Location[..end] : null;
        return Context.DatastoreElsewhere(Path.Flow, first.DatastoreType, root);
    }

    internal DateTimeOffset? RegisteredAt(string artifact)
        => _registered.Value.FirstOrDefault(registered => registered.Artifact.Name == artifact)?.CreatedAt;

    private FlowDatastore? Elsewhere() => Context.DatastoreElsewhere(
        Path.Flow, _latest.Value.GetValueOrDefault("ds-type")?.Text, _latest.Value.GetValueOrDefault("ds-root")?.Text);
}
