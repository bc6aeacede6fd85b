using System.Globalization;
using System.Runtime.CompilerServices;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A task of a run. A handle caches what it read. A new handle sees later changes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class TaskHandle
{
    private const string RuntimeTag = "runtime:";

    private readonly TaskRecord _record;
    private readonly int? _attempt;
    private readonly Kept<IReadOnlyList<MetadataDatum>> _allMetadata;
    private readonly Kept<IReadOnlyDictionary<string, MetadataDatum>> _latest;
    private readonly Kept<TaskArtifacts> _artifacts;
    private readonly Kept<TaskData> _data;
    private readonly Kept<IReadOnlyList<RegisteredArtifact>> _registered;

    internal TaskHandle(StepHandle step, TaskRecord record, int? attempt = null, Kept<IReadOnlyList<MetadataDatum>>? metadata = null)
    {
        Step = step;
        _record = record;
        _attempt = attempt;
        _allMetadata = metadata ?? new Kept<IReadOnlyList<MetadataDatum>>(token => Context.Metadata.ListMetadataAsync(Path, token));
        _latest = new Kept<IReadOnlyDictionary<string, MetadataDatum>>(FindLatestAsync);
        _artifacts = new Kept<TaskArtifacts>(OpenArtifactsAsync);
        _data = new Kept<TaskData>(async token => new TaskData(await SourceAsync(token).ConfigureAwait(false)));
        _registered = new Kept<IReadOnlyList<RegisteredArtifact>>(
            async token => await ListArtifactsAsync((await SourceAsync(token).ConfigureAwait(false)).Attempt, token).ConfigureAwait(false));
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

    /// <summary>Gets where the task ran, such as <c>dev</c> for a local run; <see langword="null"/> when the run does not say.</summary>
    public string? RuntimeName
        => Tags.FirstOrDefault(static tag => tag.StartsWith(RuntimeTag, StringComparison.Ordinal))?[RuntimeTag.Length..];

    /// <summary>Gets a value indicating whether the task ended successfully or its failure was caught.</summary>
    public bool Finished => Completion.Of(() => GetFinishedAsync());

    /// <summary>Gets a value indicating whether the author's code succeeded; <see langword="false"/> for a caught failure.</summary>
    public bool Successful => Completion.Of(() => GetSuccessfulAsync());

    /// <summary>Gets the failure that ended the attempt, or <see langword="null"/>. A caught failure is in the artifact that
    /// <c>[Catch]</c> names.</summary>
    public StepFailure? Exception => Completion.Of(() => GetExceptionAsync());

    /// <summary>Gets the values of the artifacts. It is empty until an attempt is complete.</summary>
    /// <exception cref="Errors.StorageException">The list of artifacts is unreadable (MF4009).</exception>
    public TaskData Data => _data.Value;

    /// <summary>Gets the artifacts by name, without those of the framework, which begin with <c>_</c>.</summary>
    public IReadOnlyList<ArtifactHandle> Artifacts => Completion.Of(() => GetArtifactsAsync());

    /// <summary>Gets all artifacts by name, including those of the framework.</summary>
    public IReadOnlyList<ArtifactHandle> AllArtifacts => Completion.Of(() => GetAllArtifactsAsync());

    internal ClientContext Context => Step.Context;

    /// <summary>Returns an artifact. Artifacts of the framework are allowed too.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The artifact.</returns>
    /// <exception cref="Errors.MetadataException">It does not exist (MF5004).</exception>
    public ArtifactHandle Artifact(string name) => Completion.Of(() => GetArtifactAsync(name));

    /// <inheritdoc cref="Finished"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it did.</returns>
    public Task<bool> GetFinishedAsync(CancellationToken cancellationToken = default) => FlagAsync("_task_ok", cancellationToken);

    /// <inheritdoc cref="Successful"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it did.</returns>
    public Task<bool> GetSuccessfulAsync(CancellationToken cancellationToken = default) => FlagAsync("_success", cancellationToken);

    /// <inheritdoc cref="Exception"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The failure.</returns>
    public async Task<StepFailure?> GetExceptionAsync(CancellationToken cancellationToken = default)
    {
        const string Failure = "_exception";
        var data = await GetDataAsync(cancellationToken).ConfigureAwait(false);
        return data.Contains(Failure)
            ? StepFailureEncoding.FromPython(await data.GetAsync(Failure, cancellationToken).ConfigureAwait(false))
            : null;
    }

    /// <inheritdoc cref="Data"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The values.</returns>
    public async Task<TaskData> GetDataAsync(CancellationToken cancellationToken = default)
        => await _data.GetAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="Artifacts"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts.</returns>
    public async IAsyncEnumerable<ArtifactHandle> GetArtifactsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var artifact in GetAllArtifactsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!artifact.Name.StartsWith('_'))
            {
                yield return artifact;
            }
        }
    }

    /// <inheritdoc cref="AllArtifacts"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts.</returns>
    public async IAsyncEnumerable<ArtifactHandle> GetAllArtifactsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var source = await SourceAsync(cancellationToken).ConfigureAwait(false);
        foreach (var record in source.Records.Values.OrderBy(static record => record.Name, StringComparer.Ordinal))
        {
            yield return new ArtifactHandle(this, record);
        }
    }

    /// <inheritdoc cref="Artifact"/>
    /// <param name="name">The name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ArtifactHandle> GetArtifactAsync(string name, CancellationToken cancellationToken = default)
    {
        if ((await SourceAsync(cancellationToken).ConfigureAwait(false)).Records.TryGetValue(name, out var record))
        {
            return new ArtifactHandle(this, record);
        }

        var data = await GetDataAsync(cancellationToken).ConfigureAwait(false);
        throw ClientErrors.NotFound("artifact", $"{Pathspec}/{name}", name, data.Names);
    }

    /// <summary>Opens the artifacts of the attempt that this handle shows.</summary>
    internal ValueTask<TaskArtifacts> SourceAsync(CancellationToken cancellationToken) => _artifacts.GetAsync(cancellationToken);

    internal async Task<DateTimeOffset?> RegisteredAtAsync(string artifact, CancellationToken cancellationToken)
        => (await _registered.GetAsync(cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(registered => registered.Artifact.Name == artifact)?.CreatedAt;

    private async Task<bool> FlagAsync(string name, CancellationToken cancellationToken)
    {
        var data = await GetDataAsync(cancellationToken).ConfigureAwait(false);
        return data.Contains(name) && await data.GetAsync(name, cancellationToken).ConfigureAwait(false) is true;
    }

    // The records of the datastore say more than those of the metadata, and need one file instead of one for each artifact.
    private async ValueTask<TaskArtifacts> OpenArtifactsAsync(CancellationToken cancellationToken)
    {
        var own = Context.Datastore(Path.Flow);
        if (await ShownAttemptAsync(cancellationToken).ConfigureAwait(false) is not { } attempt)
        {
            var current = await GetCurrentAttemptAsync(cancellationToken).ConfigureAwait(false);
            return new TaskArtifacts(own, Path, current, new Dictionary<string, ArtifactRecord>());
        }

        if (await own.TryOpenAttemptAsync(Path, attempt, cancellationToken).ConfigureAwait(false) is { } artifacts)
        {
            return artifacts;
        }

        return await ElsewhereAsync(cancellationToken).ConfigureAwait(false) is { } other
            && await other.TryOpenAttemptAsync(Path, attempt, cancellationToken).ConfigureAwait(false) is { } moved
                ? moved
                : await FromMetadataAsync(attempt, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int?> ShownAttemptAsync(CancellationToken cancellationToken)
        => _attempt ?? (await DoneDatumAsync(cancellationToken).ConfigureAwait(false) is { } done ? Number(done) : null);

    private async ValueTask<IReadOnlyList<RegisteredArtifact>> ListArtifactsAsync(int attempt, CancellationToken cancellationToken)
        => await Context.Metadata.ListArtifactsAsync(Path, attempt, cancellationToken).ConfigureAwait(false);

    private async Task<TaskArtifacts> FromMetadataAsync(int attempt, CancellationToken cancellationToken)
    {
        var registered = await ListArtifactsAsync(attempt, cancellationToken).ConfigureAwait(false);
        var records = registered.Select(static artifact => artifact.Artifact)
            .ToDictionary(static artifact => artifact.Name, StringComparer.Ordinal);
        var datastore = await DatastoreWithAsync(registered, cancellationToken).ConfigureAwait(false) ?? Context.Datastore(Path.Flow);
        return new TaskArtifacts(datastore, Path, attempt, records);
    }

    // What a record says about the root holds only where the blobs are not in the client's own datastore, which may be a copy.
    private async Task<FlowDatastore?> DatastoreWithAsync(
        IReadOnlyList<RegisteredArtifact> registered, CancellationToken cancellationToken)
    {
        const string RootPrefix = ":root:";
        if (registered.Count == 0)
        {
            return null;
        }

        var own = Context.Datastore(Path.Flow);
        var first = registered[0];
        if (await own.Blobs.SizeAsync(own.Content.PathOf(first.Artifact.Key), cancellationToken).ConfigureAwait(false) is not null)
        {
            return own;
        }

        var end = first.Location.IndexOf($"/{Path.Flow}/data/", StringComparison.Ordinal);
        var root = first.Location.StartsWith(RootPrefix, StringComparison.Ordinal) ? first.Location[RootPrefix.Length..]
            : end > 0 ? first.Location[..end] : null;
        return Context.DatastoreElsewhere(Path.Flow, first.DatastoreType, root);
    }

    /// <summary>Finds the datastore that has the data of the task. What its records say holds only where the client's own does not have
    /// them, which may be a copy, or have been moved.</summary>
    internal async ValueTask<StoreAddress> FindDataAsync(CancellationToken cancellationToken)
        => await Context.Datastore(Path.Flow).FindLatestAttemptAsync(Path, cancellationToken).ConfigureAwait(false) < 0
            && await NamedDataAsync(cancellationToken).ConfigureAwait(false) is { } named
            && (!named.IsLocal || Directory.Exists(named.Root))
                ? named : Context.Address;

    private async Task<FlowDatastore?> ElsewhereAsync(CancellationToken cancellationToken)
        => await NamedDataAsync(cancellationToken).ConfigureAwait(false) is { } named
            ? Context.DatastoreElsewhere(Path.Flow, named.Type, named.Root) : null;

    private async Task<StoreAddress?> NamedDataAsync(CancellationToken cancellationToken)
        => await FieldAsync("ds-type", cancellationToken).ConfigureAwait(false) is { Length: > 0 } type
            && await FieldAsync("ds-root", cancellationToken).ConfigureAwait(false) is { Length: > 0 } root
                ? new StoreAddress(type, root) : null;

    private static int? Number(MetadataDatum datum)
        => int.TryParse(datum.Text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
