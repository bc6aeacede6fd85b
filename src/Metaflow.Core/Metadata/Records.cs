using System.Text.Json;

namespace Metaflow.Metadata;

/// <summary>The record of a flow.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record FlowRecord(string Flow, DateTimeOffset CreatedAt);

/// <summary>The record of a run.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="RunId">The run's id.</param>
/// <param name="UserName">Who started it.</param>
/// <param name="Tags">The user's tags.</param>
/// <param name="SystemTags">The framework's tags, such as <c>user:ada</c>.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record RunRecord(
    string Flow, string RunId, string UserName, IReadOnlyList<string> Tags, IReadOnlyList<string> SystemTags, DateTimeOffset CreatedAt)
{
    /// <summary>Gets why the record of the run cannot be read; <see langword="null"/> (the default) if it could be read. Lists still name
    /// such a run, but nothing else about it is known.</summary>
    public string? Problem { get; init; }
}

/// <summary>The record of a step of a run.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="RunId">The run's id.</param>
/// <param name="Step">The step's name on disk.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record StepRecord(string Flow, string RunId, string Step, DateTimeOffset CreatedAt);

/// <summary>The record of a task.</summary>
/// <param name="Path">Its address.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record TaskRecord(Naming.TaskPath Path, DateTimeOffset CreatedAt);

/// <summary>The record of an artifact.</summary>
/// <param name="Artifact">Name, key and encoding; size and type are only in the datastore.</param>
/// <param name="Attempt">The attempt that wrote it.</param>
/// <param name="DatastoreType">Where the blob lives, such as <c>local</c>.</param>
/// <param name="Location">The datastore's root behind <c>:root:</c>, or a blob's full path in old records.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record RegisteredArtifact(
    Artifacts.ArtifactRecord Artifact, int Attempt, string DatastoreType, string Location, DateTimeOffset CreatedAt);

/// <summary>One datum about a task.</summary>
/// <param name="Field">The field's name, such as <c>attempt</c>.</param>
/// <param name="Type">The datum's type; for most fields the same as its name.</param>
/// <param name="Value">The value: a text, or a list of texts (<c>foreach-stack</c>).</param>
/// <param name="Tags">Its tags, such as <c>attempt_id:0</c>.</param>
public sealed record MetadataDatum(string Field, string Type, object Value, IReadOnlyList<string> Tags)
{
    /// <summary>Gets when it was recorded; the provider sets it on writing.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets the value as text; a list is shown as JSON.</summary>
    public string Text
        => Value as string ?? JsonSerializer.Serialize((IReadOnlyList<string>)Value, MetadataJson.Readable.IReadOnlyListString);
}
