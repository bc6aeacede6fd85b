using Metaflow.Metadata;

namespace Metaflow.Cleanup;

/// <summary>Which runs of a flow to remove. Without a condition none is, and only blobs that nothing refers to are.</summary>
internal sealed record CollectionRequest
{
    /// <summary>The shortest <see cref="GracePeriod"/>, 1 hour.</summary>
    public static readonly TimeSpan ShortestGracePeriod = TimeSpan.FromHours(1);

    /// <summary>Gets the flow's name.</summary>
    public required string Flow { get; init; }

    /// <summary>Gets the namespace; <see langword="null"/>, the default, for the runs of all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the least age of runs to remove; <see langword="null"/>, the default, for any.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Gets the tags that a run to remove has, all of them; none by default.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the states of runs to remove; none, the default, for any. Running runs are never removed.</summary>
    public IReadOnlyList<RunState> States { get; init; } = [];

    /// <summary>Gets how many of the runs that the other conditions name stay, the newest; <see langword="null"/>, the default, for
    /// none.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Gets how old a blob must be to be removed, 1 day by default: a task that has stored it may not have said so
    /// yet.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Gets a value indicating whether to remove, rather than to say what would be removed. The default is
    /// <see langword="false"/>.</summary>
    public bool Deletes { get; init; }

    internal bool NamesRuns => OlderThan is not null || Tags.Count > 0 || States.Count > 0 || KeepLast is not null;
}

/// <summary>A run that was removed, or would be.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="State">The state that it was in.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="Bytes">How long its files are, without the blobs.</param>
internal sealed record CollectedRun(string RunId, RunState State, DateTimeOffset CreatedAt, long Bytes)
{
    /// <summary>Gets how many objects its steps stored under names of their own.</summary>
    public int OwnObjects { get; init; }

    /// <summary>Gets how long these are.</summary>
    public long OwnBytes { get; init; }
}

/// <summary>What was removed, or would be.</summary>
/// <param name="Runs">The runs, newest first.</param>
/// <param name="Blobs">How many blobs and included files.</param>
/// <param name="BlobBytes">How long they are.</param>
/// <param name="Notes">What was left, and why; sentences.</param>
internal sealed record CollectionReport(IReadOnlyList<CollectedRun> Runs, int Blobs, long BlobBytes, IReadOnlyList<string> Notes)
{
    /// <summary>Gets how many objects processes began to write and did not finish, because they were killed. The store does not say how
    /// long their parts are.</summary>
    public int Unfinished { get; init; }

    /// <summary>Gets the own data of runs that were removed before, when other runs still needed it.</summary>
    public IReadOnlyList<LeftData> LeftData { get; init; } = [];

    /// <summary>Gets how many bytes are freed.</summary>
    public long Bytes => BlobBytes + Runs.Sum(static run => run.Bytes + run.OwnBytes) + LeftData.Sum(static data => data.Bytes);
}

/// <summary>Own data of a run that was removed before.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Objects">How many objects.</param>
/// <param name="Bytes">How long they are.</param>
internal sealed record LeftData(string RunId, int Objects, long Bytes);
