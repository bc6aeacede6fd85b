using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Joins;

/// <summary>Takes artifacts over from the inputs of a join: where all inputs that have one agree, the join has it too.</summary>
/// <remarks>Values are compared by the keys of their contents; nothing is loaded, and nothing is stored again.</remarks>
internal sealed class ArtifactMerge
{
    private readonly JoinedArtifacts _join;
    private readonly List<ArtifactCell> _cells = [];
    private readonly HashSet<string> _isSet;

    /// <summary>Initializes a merge.</summary>
    /// <param name="join">The inputs.</param>
    /// <param name="flow">The object of the join's task.</param>
    public ArtifactMerge(JoinedArtifacts join, IArtifactHolder flow)
    {
        _join = join;
        _isSet = join.NamesGiven();
        flow.CollectCells(_cells);
        foreach (var cell in _cells)
        {
            if (cell.WasWritten)
            {
                _isSet.Add(cell.Name);
            }
        }
    }

    /// <summary>Merges, wholly or not at all.</summary>
    /// <param name="exclude">Names to leave out, of properties or on disk.</param>
    /// <param name="include">The only names to take, of properties or on disk; <see langword="null"/> or empty for all.</param>
    /// <exception cref="StepFailedException">MF3020 to MF3024; nothing was set.</exception>
    public void Run(IReadOnlyCollection<string>? exclude, IReadOnlyCollection<string>? include)
    {
        if (exclude is { Count: > 0 } && include is { Count: > 0 })
        {
            throw MergeErrors.BothLists();
        }

        _join.WasMerged = true;
        var excluded = NamesOnDisk(exclude);
        var included = NamesOnDisk(include);
        var found = new Dictionary<string, Candidate>(StringComparer.Ordinal);
        foreach (var input in _join.Inputs)
        {
            Collect(input, excluded, included, found);
        }

        var conflicts = new List<Candidate>();
        foreach (var candidate in found.Values)
        {
            if (candidate.Other is not null)
            {
                conflicts.Add(candidate);
            }
        }

        if (conflicts.Count > 0)
        {
            throw MergeErrors.Conflict(conflicts);
        }

        RefuseMissing(included, found);
        foreach (var candidate in found.Values)
        {
            Take(candidate);
        }
    }

    private void Collect(JoinInput input, HashSet<string> excluded, HashSet<string> included, Dictionary<string, Candidate> found)
    {
        foreach (var record in input.Source.Records.Values)
        {
            if (record.IsPrivate || _isSet.Contains(record.Name) || excluded.Contains(record.Name)
                || (included.Count > 0 && !included.Contains(record.Name)))
            {
                continue;
            }

            input.NoteMerged(record.Name);
            if (!found.TryGetValue(record.Name, out var candidate))
            {
                found.Add(record.Name, new Candidate(record, input));
            }
            else if (candidate.Record.Key != record.Key)
            {
                candidate.Other ??= input;
            }
        }
    }

    private void RefuseMissing(HashSet<string> included, Dictionary<string, Candidate> found)
    {
        var missing = new List<string>();
        foreach (var name in included)
        {
            if (!found.ContainsKey(name) && !_isSet.Contains(name))
            {
                missing.Add(name);
            }
        }

        if (missing.Count > 0)
        {
            throw MergeErrors.Missing(missing, _join.Inputs.Count);
        }
    }

    private void Take(Candidate candidate)
    {
        _join.Take(candidate.Record);
        foreach (var cell in _cells)
        {
            if (cell.Name == candidate.Record.Name)
            {
                cell.Source = candidate.Input.Source;
            }
        }
    }

    private HashSet<string> NamesOnDisk(IReadOnlyCollection<string>? names)
    {
        var onDisk = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names ?? [])
        {
            onDisk.Add(ArtifactNames.OnDisk(_cells, name) ?? (IsInAnInput(name) ? name : throw MergeErrors.Unknown(name, KnownNames())));
        }

        return onDisk;
    }

    private bool IsInAnInput(string name)
    {
        foreach (var input in _join.Inputs)
        {
            if (input.Source.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The names as the author wrote them, where the class declares them, and the others that an input has.</summary>
    private IReadOnlyList<string> KnownNames()
    {
        var declared = _cells.Select(static cell => cell.Name).ToHashSet(StringComparer.Ordinal);
        var others = _join.Inputs.SelectMany(static input => input.Source.Records.Values)
            .Where(record => !record.IsPrivate && !declared.Contains(record.Name)).Select(static record => record.Name);
        return [.. _cells.Select(static cell => ArtifactNames.Member(cell)).Concat(others).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>An artifact that may be taken over.</summary>
    internal sealed class Candidate(ArtifactRecord record, JoinInput input)
    {
        /// <summary>Gets the artifact as the first input has it.</summary>
        public ArtifactRecord Record => record;

        /// <summary>Gets the first input that has it.</summary>
        public JoinInput Input => input;

        /// <summary>Gets or sets the first input that has another value, or <see langword="null"/>.</summary>
        public JoinInput? Other { get; set; }
    }
}
