using System.Security.Cryptography;
using System.Text;
using Metaflow.Artifacts;

namespace Metaflow.Tasks;

/// <summary>What the result of a task depends on: each artifact that its step read, with the key of the value that it found, and what it wrote itself.</summary>
/// <remarks>Kept in the note <c>task_end</c> of the attempt, which costs a task no file more. A step that would find the same values again would read
/// the same names in the same order, so that a deterministic one would do the same: that is what the cache of runs stands on.</remarks>
internal sealed partial record TaskLineage
{
    /// <summary>The note of the attempt that holds it.</summary>
    public const string Note = "task_end";

    /// <summary>Gets what was read of the task's own artifacts: the key of the value that was there, <see langword="null"/> when there was none.</summary>
    public IReadOnlyDictionary<string, string?> Reads { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets the steps of a join's inputs in order; empty for any other task.</summary>
    public IReadOnlyList<string> InputSteps { get; init; } = [];

    /// <summary>Gets what was read of a join's inputs, by the input's place.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<string, string?>> InputReads { get; init; } = new Dictionary<int, IReadOnlyDictionary<string, string?>>();

    /// <summary>Gets a digest of all artifacts of each input, where the step looked at all of them; else empty.</summary>
    public IReadOnlyList<string> InputDigests { get; init; } = [];

    /// <summary>Gets the names of the artifacts that are the task's own.</summary>
    public IReadOnlyList<string> Written { get; init; } = [];

    /// <summary>Gets what the step asked <c>Current</c> that differs from run to run, or <see langword="null"/>.</summary>
    public string? Observed { get; init; }

    /// <summary>Gets the identity of the code that a clone's origin ran; <see langword="null"/> for a task that ran in its own run, whose run records it.</summary>
    public string? Code { get; init; }

    /// <summary>Gets the names of all artifacts that were read, of inputs too, sorted.</summary>
    public IReadOnlyList<string> ReadNames
    {
        get
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var name in Reads.Keys)
            {
                Add(names, name);
            }

            foreach (var reads in InputReads.Values)
            {
                foreach (var name in reads.Keys)
                {
                    Add(names, name);
                }
            }

            return [.. names];
        }
    }

    /// <summary>Gathers the lineage of a task whose step ended.</summary>
    /// <param name="inputs">What the task started from.</param>
    /// <param name="cells">The flow's cells.</param>
    /// <param name="written">The artifacts that it wrote.</param>
    /// <returns>The lineage.</returns>
    public static TaskLineage Of(TaskInputs inputs, IReadOnlyList<ArtifactCell> cells, IReadOnlyList<string> written)
    {
        var inputReads = new SortedDictionary<int, IReadOnlyDictionary<string, string?>>();
        foreach (var (input, view) in inputs.Views)
        {
            if (WasRead(view))
            {
                inputReads[input] = ReadsOf(view, inputs.RecordsOf(input), isInput: true);
            }
        }

        var steps = new string[inputs.Joined.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = inputs.Joined[i].Path.Step;
        }

        return new TaskLineage
        {
            Reads = ReadsOf(cells, inputs.Origin.Records, isInput: false),
            InputSteps = steps,
            InputReads = inputReads,
            InputDigests = inputs.WereAllRead ? Digests(inputs) : [],
            Written = written,
        };
    }

    /// <summary>Returns the lineage of a task whose step asked for the stack of its foreaches.</summary>
    /// <param name="key">The key of the stack.</param>
    /// <returns>The lineage that depends on it.</returns>
    public TaskLineage WithForeachStack(string key)
        => this with { Reads = new Dictionary<string, string?>(Reads, StringComparer.Ordinal) { [InternalArtifacts.ForeachStack] = key } };

    /// <summary>Returns a digest of the names and keys of artifacts, without the framework's own.</summary>
    /// <param name="records">The artifacts by name.</param>
    /// <returns>The digest.</returns>
    public static string DigestOf(IReadOnlyDictionary<string, ArtifactRecord> records)
    {
        var text = new StringBuilder();
        foreach (var name in records.Keys.Where(TaskInputs.IsInherited).Order(StringComparer.Ordinal))
        {
            text.Append(name).Append(':').Append(records[name].Key).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string[] Digests(TaskInputs inputs)
    {
        var digests = new string[inputs.Joined.Count];
        for (var i = 0; i < digests.Length; i++)
        {
            digests[i] = DigestOf(inputs.RecordsOf(i));
        }

        return digests;
    }

    private static bool WasRead(IReadOnlyList<ArtifactCell> cells)
    {
        foreach (var cell in cells)
        {
            if (cell.WasRead)
            {
                return true;
            }
        }

        return false;
    }

    private static Dictionary<string, string?> ReadsOf(IReadOnlyList<ArtifactCell> cells, IReadOnlyDictionary<string, ArtifactRecord> records, bool isInput)
    {
        var reads = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var cell in cells)
        {
            if (cell.WasRead)
            {
                reads[cell.Name] = (isInput || TaskInputs.IsInherited(cell.Name)) && records.TryGetValue(cell.Name, out var record) ? record.Key : null;
            }
        }

        return reads;
    }

    /// <summary>The stack of foreaches stands for what was asked of <c>Current</c>; nobody reads it by name.</summary>
    private static void Add(SortedSet<string> names, string name)
    {
        if (name != InternalArtifacts.ForeachStack)
        {
            names.Add(name);
        }
    }
}
