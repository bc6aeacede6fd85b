using Metaflow.Artifacts;
using Metaflow.Naming;

namespace Metaflow.Joins;

/// <summary>One task that arrives at a join.</summary>
/// <param name="Path">The task.</param>
/// <param name="Source">Its artifacts; opened when one is first asked for.</param>
internal sealed record JoinInput(TaskPath Path, IRecordedArtifacts Source)
{
    private readonly HashSet<string> _merged = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the cells of the object by which the step reads the input; none before the step asked for it.</summary>
    public IReadOnlyList<ArtifactCell> Cells { get; set; } = [];

    /// <summary>Gets the names of the artifacts of this input that the join depends on: those it read, and those that a merge
    /// compared.</summary>
    public IEnumerable<string> ReadNames
        => _merged.Union(Cells.Where(static cell => cell.WasRead).Select(static cell => cell.Name), StringComparer.Ordinal);

    /// <summary>Notes that a merge looked at an artifact: the result depends on it, taken over or not.</summary>
    /// <param name="name">The name on disk.</param>
    public void NoteMerged(string name) => _merged.Add(name);
}

/// <summary>The inputs of a join, and what it took over from them as it is.</summary>
/// <param name="inputs">The inputs in the order of the split; none for a task that is not a join.</param>
/// <param name="inherited">What the join has before its step runs: parameters and constants.</param>
internal sealed class JoinedArtifacts(IReadOnlyList<JoinInput> inputs, IReadOnlyList<ArtifactRecord> inherited)
{
    private readonly List<ArtifactRecord> _merged = [];

    /// <summary>Gets the inputs.</summary>
    public IReadOnlyList<JoinInput> Inputs => inputs;

    /// <summary>Gets the artifacts that were taken over from inputs.</summary>
    public IReadOnlyList<ArtifactRecord> Merged => _merged;

    /// <summary>Gets or sets a value indicating whether the inputs were merged: the join then depends on which artifacts each of them
    /// has.</summary>
    public bool WasMerged { get; set; }

    /// <summary>Gets the names of the artifacts that the join depends on, of all inputs.</summary>
    public IEnumerable<string> ReadNames => inputs.SelectMany(static input => input.ReadNames).Distinct(StringComparer.Ordinal);

    /// <summary>Returns the names that the join has already, whatever its step has set.</summary>
    public HashSet<string> NamesGiven()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var record in inherited)
        {
            names.Add(record.Name);
        }

        foreach (var record in _merged)
        {
            names.Add(record.Name);
        }

        return names;
    }

    /// <summary>Takes an artifact over.</summary>
    /// <param name="record">The artifact; its blob is in the flow's datastore.</param>
    public void Take(ArtifactRecord record) => _merged.Add(record);
}
