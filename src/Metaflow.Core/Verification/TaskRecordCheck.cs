using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Verification;

/// <summary>Checks what there is of a task: its attempts, and what the metadata provider recorded.</summary>
/// <param name="task">The task.</param>
/// <param name="contents">The contents of the task's objects by path.</param>
/// <param name="objects">All objects of the task.</param>
/// <param name="faults">Receives the faults.</param>
internal sealed class TaskRecordCheck(
    TaskPath task, IReadOnlyDictionary<string, byte[]> contents, IReadOnlySet<string> objects, FaultList faults)
{
    private static readonly string[] Notes = [AttemptFiles.Started, AttemptFiles.Done, "task_begin", "task_end", "runtime"];

    private readonly string[] _names = [task.Flow, task.RunId, task.Step, task.TaskId];
    private readonly Dictionary<int, Dictionary<string, ArtifactRecord>> _lists = [];

    /// <summary>Gets the task.</summary>
    public TaskPath Task => task;

    /// <summary>Gets the last attempt that is complete; <see langword="null"/> if none is.</summary>
    public int? LastComplete
        => Enumerable.Range(0, AttemptFiles.MaxAttempts).Where(IsComplete).Select(static attempt => (int?)attempt).LastOrDefault();

    /// <summary>Gets the artifacts of the last complete attempt; <see langword="null"/> if there is none, or its list is
    /// unreadable.</summary>
    public IReadOnlyDictionary<string, ArtifactRecord>? Artifacts
        => LastComplete is { } attempt ? _lists.GetValueOrDefault(attempt) : null;

    /// <summary>Returns true if an object of a task is small, and JSON.</summary>
    /// <param name="path">The object.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsRecord(string path)
        => path.EndsWith(".json", StringComparison.Ordinal) || Notes.Any(note => path.EndsWith("." + note, StringComparison.Ordinal));

    /// <summary>Checks the attempts.</summary>
    /// <param name="references">Receives what they refer to.</param>
    /// <param name="counts">Receives how many there are.</param>
    public void CheckAttempts(BlobReferences references, VerifiedCounts counts)
    {
        for (var attempt = 0; attempt < AttemptFiles.MaxAttempts; attempt++)
        {
            var list = AttemptFiles.PathOf(task, attempt, AttemptFiles.Data);
            var isComplete = IsComplete(attempt);
            counts.Attempts += isComplete || objects.Contains(AttemptFiles.PathOf(task, attempt, AttemptFiles.Started)) ? 1 : 0;
            counts.CompleteAttempts += isComplete ? 1 : 0;
            CheckNotes(attempt);
            if (!objects.Contains(list))
            {
                if (isComplete)
                {
                    faults.AddUnreadable(ErrorCodes.RecordUnreadable, list, "the object is missing although the attempt is complete");
                }
            }
            else if (contents.TryGetValue(list, out var json))
            {
                if (RecordRules.OfList(json, attempt, isComplete, out var records) is { } why)
                {
                    faults.AddUnreadable(ErrorCodes.RecordUnreadable, list, why);
                }

                if (records is not null)
                {
                    _lists.Add(attempt, records);
                    references.Add(list, task.Step == TaskPath.ParametersStep, records.Values);
                }
            }
        }
    }

    /// <summary>Checks what the metadata provider recorded, and whether it says the same as the attempts.</summary>
    /// <param name="references">Receives the code packages that are named.</param>
    /// <param name="parts">Which parts of the run are here.</param>
    /// <param name="hasBegun">Whether a task of a step is complete: until then, the parameters may be stored and not registered.</param>
    public void CheckRecords(BlobReferences references, RunParts parts, bool hasBegun)
    {
        var folder = $"{task}/{MetadataFiles.RecordFolder}/";
        var artifacts = new List<(string Path, RegisteredArtifact Artifact)>();
        var done = new HashSet<int>();
        foreach (var path in objects.Where(path => path.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (contents.TryGetValue(path, out var json))
            {
                CheckRecord(path, path[folder.Length..], json, artifacts, done, parts.DataElsewhere is null ? references : null);
            }
        }

        if (!parts.AreComparable)
        {
            return;
        }

        foreach (var (path, artifact) in artifacts)
        {
            CheckArtifact(path, artifact);
        }

        var names = artifacts.Select(static record => (record.Artifact.Attempt, record.Artifact.Artifact.Name)).ToHashSet();
        foreach (var attempt in done.Order())
        {
            CheckDone(folder, attempt, names);
        }

        var mustBeRegistered = hasBegun || task.Step != TaskPath.ParametersStep;
        if (mustBeRegistered && !objects.Contains(folder + MetadataFiles.Self) && LastComplete is not null)
        {
            faults.AddContradiction(
                folder + MetadataFiles.Self, "The task has a complete attempt, but no record: no list of tasks shows it.");
        }
    }

    private void CheckNotes(int attempt)
    {
        foreach (var note in Notes)
        {
            var path = AttemptFiles.PathOf(task, attempt, note);
            if (contents.TryGetValue(path, out var json) && RecordRules.OfNote(json) is { } why)
            {
                faults.AddUnreadable(ErrorCodes.RecordUnreadable, path, why);
            }
        }
    }

    private void CheckRecord(
        string path, string name, byte[] json, List<(string, RegisteredArtifact)> artifacts, HashSet<int> done,
        BlobReferences? references)
    {
        string? why = null;
        if (name == MetadataFiles.Self)
        {
            why = RecordRules.OfObject(json, _names);
        }
        else if (MetadataFiles.IsDatum(name))
        {
            why = RecordRules.OfDatum(json, name, _names, out var datum);
            if (why is null && MetadataFiles.IsDone(name) && MetadataFiles.AttemptOf(datum) is { } attempt)
            {
                done.Add(attempt);
            }
            else if (why is null && name.StartsWith(BlobMarks.CodePackage, StringComparison.Ordinal))
            {
                why = RecordRules.OfPackage(json, out var package);
                references?.Add(path, package, isKnown: why is null);
            }
        }
        else if (RecordRules.OfArtifact(json, name, _names, out var artifact) is { } problem)
        {
            why = problem;
        }
        else if (artifact is not null)
        {
            artifacts.Add((path, artifact));
        }

        if (why is not null)
        {
            faults.AddUnreadable(ErrorCodes.MetadataUnreadable, path, why);
        }
    }

    private void CheckArtifact(string path, RegisteredArtifact registered)
    {
        // A list that is unreadable is among the faults already.
        if (!_lists.TryGetValue(registered.Attempt, out var list))
        {
            if (!IsComplete(registered.Attempt))
            {
                faults.AddContradiction(path, $"The record is of attempt {Number(registered.Attempt)}, which is not complete.");
            }
        }
        else if (!list.TryGetValue(registered.Artifact.Name, out var stored))
        {
            faults.AddContradiction(
                path, $"The list of attempt {Number(registered.Attempt)} has no artifact '{registered.Artifact.Name}'.");
        }
        else if (stored.Key != registered.Artifact.Key)
        {
            faults.AddContradiction(path, "The record and the list of the attempt name different blobs.");
        }
        else if (stored.Encoding != registered.Artifact.Encoding)
        {
            faults.AddContradiction(path, "The record and the list of the attempt name different encodings.");
        }
    }

    private void CheckDone(string folder, int attempt, HashSet<(int Attempt, string Name)> artifacts)
    {
        if (!IsComplete(attempt))
        {
            faults.AddContradiction(
                folder, $"A record says that attempt {Number(attempt)} is done, but the attempt is not complete.");
        }
        else if (_lists.TryGetValue(attempt, out var list)
            && list.Keys.FirstOrDefault(name => !artifacts.Contains((attempt, name))) is { } missing)
        {
            faults.AddContradiction(
                folder, $"The artifact '{missing}' of attempt {Number(attempt)} has no record, or one that cannot be understood.");
        }
    }

    private bool IsComplete(int attempt) => objects.Contains(AttemptFiles.PathOf(task, attempt, AttemptFiles.Done));

    private static string Number(int attempt) => attempt.ToString(CultureInfo.InvariantCulture);
}
