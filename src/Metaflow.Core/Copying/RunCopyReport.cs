namespace Metaflow.Copying;

/// <summary>What a copy of a run did, or would do.</summary>
/// <param name="Pathspec">The run, <c>Flow/run</c>.</param>
/// <param name="Tasks">How many tasks the run has, including that of the parameters.</param>
/// <param name="SentObjects">How many objects were stored in the target: blobs, lists, logs, notes and records.</param>
/// <param name="SentBytes">How many bytes they have.</param>
/// <param name="FoundObjects">How many objects the target had already.</param>
/// <param name="Problems">What is missing or damaged in the source, or cannot be held by the target.</param>
public sealed record RunCopyReport(
    string Pathspec, int Tasks, long SentObjects, long SentBytes, long FoundObjects, IReadOnlyList<RunCopyProblem> Problems)
{
    /// <summary>Gets a value indicating whether the target had the run already, so that the copy only completed it.</summary>
    public bool WasThere { get; init; }

    /// <summary>Gets the pathspec of a run that this one refers to, and that the target does not have; <see langword="null"/> if there is
    /// none. A run that Python Metaflow resumed shows logs and metadata of the run that it resumed.</summary>
    public string? MissingOrigin { get; init; }
}

/// <summary>An object that is missing or damaged in the source of a copy, or that the target cannot hold.</summary>
/// <param name="Path">Its path relative to the root of the source.</param>
/// <param name="Code">The code of the error, for example <c>MF4002</c> for a blob that is missing, and
/// <c>MF6006</c> for an object that the target cannot hold.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record RunCopyProblem(string Path, string Code, string Reason);
