using System.Security.Cryptography;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Joins;

namespace Metaflow.Tasks;

/// <summary>What the result of a task depends on: each artifact that its step read, with the key of the value that it found, and what it
/// wrote itself.</summary>
/// <remarks>Kept in the note <c>task_end</c> of the attempt, which costs a task no file more. A step that would find the same values again
/// would read the same names in the same order, so that a deterministic one would do the same: that is what the cache of runs stands
/// on.</remarks>
internal sealed partial record TaskLineage
{
    /// <summary>The note of the attempt that holds it.</summary>
    public const string Note = "task_end";

    /// <summary>Gets what was read of the task's own artifacts: the key of the value that was there, <see langword="null"/> when there was
    /// none.</summary>
    public IReadOnlyDictionary<string, string?> Reads { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets the steps of a join's inputs in order; empty for any other task.</summary>
    public IReadOnlyList<string> InputSteps { get; init; } = [];

    /// <summary>Gets what was read of a join's inputs, in order; inputs of which nothing was read are left out.</summary>
    public IReadOnlyList<InputReads> InputReads { get; init; } = [];

    /// <summary>Gets a digest of the names of each input's artifacts, where a merge looked for them; else empty.</summary>
    public IReadOnlyList<string> InputNames { get; init; } = [];

    /// <summary>Gets the names of the artifacts that are the task's own.</summary>
    public IReadOnlyList<string> Written { get; init; } = [];

    /// <summary>Gets the key of the item of the foreach that the step takes; <see langword="null"/> when it takes none.</summary>
    public string? Item { get; init; }

    /// <summary>Gets what the step asked <c>Current</c>, with the answers as texts.</summary>
    public IReadOnlyDictionary<string, string?> Answers { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets a value indicating whether all is recorded that the step saw. Older versions left out items and answers.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Gets what the step asked <c>Current</c> that differs from run to run, or <see langword="null"/>.</summary>
    public string? Observed { get; init; }

    /// <summary>Gets what the task decided; <see langword="null"/> when it failed, or in notes of older versions.</summary>
    public TaskResult? Result { get; init; }

    /// <summary>Gets the identity of the code that a clone's origin ran; <see langword="null"/> for a task that ran in its own run, whose
    /// run records it.</summary>
    public string? Code { get; init; }

    /// <summary>Gets the names of all artifacts that were read, of inputs too, sorted.</summary>
    public IReadOnlyList<string> ReadNames
    {
        get
        {
            var names = new List<string>();
            Add(names, Reads);
            foreach (var input in InputReads)
            {
                Add(names, input.Reads);
            }

            names.Sort(StringComparer.Ordinal);
            return names;
        }
    }

    /// <summary>Gathers the lineage of a task whose step ended.</summary>
    /// <param name="inputs">What the task started from.</param>
    /// <param name="cells">The flow's cells.</param>
    /// <param name="written">The artifacts that it wrote.</param>
    /// <returns>The lineage.</returns>
    public static TaskLineage Of(TaskInputs inputs, IReadOnlyList<ArtifactCell> cells, IReadOnlyList<string> written)
    {
        var joined = inputs.Join.Inputs;
        var steps = new string[joined.Count];
        var inputReads = new List<InputReads>();
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = joined[i].Path.Step;
            if (ReadsOf(joined[i]) is { } reads)
            {
                inputReads.Add(new InputReads(i, reads));
            }
        }

        return new TaskLineage
        {
            Reads = ReadsOf(cells, inputs.Origin.Records),
            InputSteps = steps,
            InputReads = inputReads,
            InputNames = inputs.Join.WasMerged ? [.. joined.Select(static input => DigestOfNames(input.Source.Records))] : [],
            Written = written,
        };
    }

    /// <summary>Returns all that was seen as one text: two tasks whose texts are the same saw the same.</summary>
    /// <param name="withKeys">Whether the values count too, rather than only what was looked at.</param>
    /// <returns>The text.</returns>
    public string SeenText(bool withKeys)
    {
        var seen = this with { Written = [], Code = null, Observed = null, Result = null };
        return (withKeys ? seen : seen with
        {
            Reads = WithoutKeys(Reads),
            InputReads = [.. InputReads.Select(static input => input with { Reads = WithoutKeys(input.Reads) })],
            InputNames = [.. InputNames.Select(static _ => "")],
            Item = Item is null ? null : "",
            Answers = WithoutKeys(Answers),
        }).ToJson();
    }

    /// <summary>Returns a digest of the names of artifacts, without the framework's own.</summary>
    /// <param name="records">The artifacts by name.</param>
    /// <returns>The digest.</returns>
    public static string DigestOfNames(IReadOnlyDictionary<string, ArtifactRecord> records)
    {
        var names = string.Join(
            '\n',
            records.Values.Where(static record => !record.IsPrivate).Select(static record => record.Name).Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)));
    }

    private static Dictionary<string, string?> ReadsOf(
        IReadOnlyList<ArtifactCell> cells, IReadOnlyDictionary<string, ArtifactRecord> records)
    {
        var reads = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var cell in cells)
        {
            if (cell.WasRead)
            {
                reads[cell.Name] = TaskInputs.IsInherited(cell.Name) && records.TryGetValue(cell.Name, out var record) ? record.Key : null;
            }
        }

        return reads;
    }

    private static Dictionary<string, string?> WithoutKeys(IReadOnlyDictionary<string, string?> reads)
        => reads.ToDictionary(static read => read.Key, static _ => (string?)null, StringComparer.Ordinal);

    /// <summary>An input of which nothing was read is not opened for this.</summary>
    private static Dictionary<string, string?>? ReadsOf(JoinInput input)
    {
        Dictionary<string, string?>? reads = null;
        foreach (var name in input.ReadNames)
        {
            reads ??= new Dictionary<string, string?>(StringComparer.Ordinal);
            reads[name] = input.Source.Records.TryGetValue(name, out var record) ? record.Key : null;
        }

        return reads;
    }

    private static void Add(List<string> names, IReadOnlyDictionary<string, string?> reads)
    {
        foreach (var (name, _) in reads)
        {
            if (!names.Contains(name))
            {
                names.Add(name);
            }
        }
    }
}

/// <summary>What was read of an input of a join.</summary>
/// <param name="Input">The input's place.</param>
/// <param name="Reads">The keys of the values that were there by name, <see langword="null"/> where there was none.</param>
internal sealed record InputReads(int Input, IReadOnlyDictionary<string, string?> Reads);
