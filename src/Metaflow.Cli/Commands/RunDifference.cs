using Metaflow.Client;

namespace Metaflow.Cli.Commands;

/// <summary>One thing that two runs do not have in common.</summary>
/// <param name="Place">Where: <c>parameters</c>, or the task's key, such as <c>train[3]</c>.</param>
/// <param name="Name">The parameter or the artifact; <c>code</c> for the code of a step; <see langword="null"/> for a whole task.</param>
/// <param name="Left">What the first run has, or <see langword="null"/>.</param>
/// <param name="Right">What the second run has, or <see langword="null"/>.</param>
internal sealed record RunDifference(string Place, string? Name, DifferentValue? Left, DifferentValue? Right)
{
    /// <summary>Gets the kind: <c>added</c>, <c>removed</c> or <c>changed</c>.</summary>
    public string Kind => (Left, Right) switch
    {
        (null, _) => "added",
        (_, null) => "removed",
        _ => "changed",
    };
}

/// <summary>One side of a difference.</summary>
/// <param name="Sha">The hash of the artifact; of code its identity; <see langword="null"/> for parameters and tasks.</param>
/// <param name="Size">The size in bytes, where it is known.</param>
/// <param name="Text">The value as Python shows it; <see langword="null"/> when it is too large or cannot be read.</param>
internal sealed record DifferentValue(string? Sha, long? Size, string? Text);

/// <summary>Compares two runs of a flow: parameters, tasks by step and place in foreaches, and their artifacts.</summary>
/// <param name="includesPrivate">Whether the framework's own artifacts are compared.</param>
/// <param name="names">The only artifacts wanted; empty for all.</param>
internal sealed class RunComparison(bool includesPrivate, IReadOnlyCollection<string> names)
{
    // Values of other bytes are read and compared up to this size: another program may have written the same value differently.
    private const long LargestRead = 1 << 20;
    private const string Code = "code";
    private const string CodeHasher = "code-identity";

    /// <summary>Returns all differences, in the order of the steps.</summary>
    public IEnumerable<RunDifference> Compare(RunHandle left, RunHandle right)
    {
        var parameters = Parameters(left);
        foreach (var difference in Compare("parameters", parameters, Parameters(right), AreSameParameters))
        {
            yield return difference;
        }

        var (leftTasks, rightTasks) = (Tasks(left), Tasks(right));
        foreach (var key in leftTasks.Keys.Union(rightTasks.Keys))
        {
            foreach (var difference in CompareTasks(key, leftTasks.GetValueOrDefault(key), rightTasks.GetValueOrDefault(key)))
            {
                yield return difference;
            }
        }
    }

    private IEnumerable<RunDifference> CompareTasks(string key, TaskHandle? left, TaskHandle? right)
    {
        if (left is null || right is null)
        {
            var whole = new DifferentValue(null, null, null);
            return [new RunDifference(key, null, left is null ? null : whole, right is null ? null : whole)];
        }

        return Compare(key, Artifacts(left), Artifacts(right), AreSame).Concat(CompareCode(key, left, right));
    }

    private static IEnumerable<RunDifference> CompareCode(string key, TaskHandle left, TaskHandle right)
    {
        // A run of the reference, or of an older version, does not tell.
        if (left.MetadataDictionary.GetValueOrDefault(CodeHasher) is { } before
            && right.MetadataDictionary.GetValueOrDefault(CodeHasher) is { } after && before != after)
        {
            yield return new RunDifference(key, Code, new DifferentValue(before, null, null), new DifferentValue(after, null, null));
        }
    }

    private static IEnumerable<RunDifference> Compare<T>(
        string place, IReadOnlyDictionary<string, T> left, IReadOnlyDictionary<string, T> right, Func<T, T, bool> areSame)
        where T : class
    {
        foreach (var name in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            var (before, after) = (left.GetValueOrDefault(name), right.GetValueOrDefault(name));
            if (before is null || after is null || !areSame(before, after))
            {
                yield return new RunDifference(place, name, Show(before), Show(after));
            }
        }
    }

    private static DifferentValue? Show<T>(T? side) => side switch
    {
        ArtifactHandle artifact => new DifferentValue(artifact.Sha, artifact.Size, artifact.Size <= LargestRead ? Repr(artifact) : null),
        string text => new DifferentValue(null, null, text),
        _ => null,
    };

    private static bool AreSameParameters(string left, string right) => left == right;

    private static bool AreSame(ArtifactHandle left, ArtifactHandle right)
        => left.Sha == right.Sha || (Math.Max(left.Size, right.Size) <= LargestRead && Repr(left) is { } before && before == Repr(right));

    private static string? Repr(ArtifactHandle artifact)
    {
        try
        {
            return PythonRepr.Of(artifact.Value);
        }
        catch (Errors.MetaflowException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Parameters(RunHandle run)
        => run.Parameters.ToDictionary(static entry => entry.Key, static entry => PythonRepr.Of(entry.Value), StringComparer.Ordinal);

    private Dictionary<string, ArtifactHandle> Artifacts(TaskHandle task)
        => (includesPrivate ? task.AllArtifacts : task.Artifacts).Where(artifact => names.Count == 0 || names.Contains(artifact.Name))
            .ToDictionary(static artifact => artifact.Name, StringComparer.Ordinal);

    // Tasks of two runs have other ids; what they have in common is their place. The rounds of a loop have one place, and are numbered.
    private static Dictionary<string, TaskHandle> Tasks(RunHandle run)
    {
        var tasks = new Dictionary<string, TaskHandle>(StringComparer.Ordinal);
        foreach (var task in TaskArgument.InOrder(run.Tasks))
        {
            var indices = task.ForeachIndices;
            var place = indices.Count == 0 ? task.Path.Step : $"{task.Path.Step}[{string.Join(',', indices)}]";
            var key = place;
            for (var round = 2; !tasks.TryAdd(key, task); round++)
            {
                key = $"{place}#{round}";
            }
        }

        return tasks;
    }
}
