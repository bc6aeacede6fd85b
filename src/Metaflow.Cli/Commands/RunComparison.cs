using Metaflow.Client;

namespace Metaflow.Cli.Commands;

/// <summary>Compares two runs of a flow: parameters, tasks by step and place in foreaches, and their artifacts. A difference that several
/// steps have is returned for the first of them.</summary>
/// <param name="includesPrivate">Whether the framework's own artifacts are compared.</param>
/// <param name="names">The only artifacts wanted; empty for all.</param>
internal sealed class RunComparison(bool includesPrivate, IReadOnlyCollection<string> names)
{
    // Values of other bytes are read and compared up to this size: another program may have written the same value differently.
    private const long LargestRead = 1 << 20;
    private const string CodeHasher = "code-identity";

    private readonly HashSet<(string Name, string? Left, string? Right)> _told = [];

    /// <summary>Returns all differences, in the order of the steps.</summary>
    public IEnumerable<RunDifference> Compare(RunHandle left, RunHandle right)
    {
        var (before, after) = (left.Parameters, right.Parameters);
        foreach (var difference in CompareParameters(before, after))
        {
            yield return difference;
        }

        // A parameter is an artifact of each task too.
        var parameters = before.Keys.Union(after.Keys).Except(names).ToHashSet(StringComparer.Ordinal);
        var (leftTasks, rightTasks) = (Tasks(left), Tasks(right));
        foreach (var key in leftTasks.Keys.Union(rightTasks.Keys))
        {
            var (one, other) = (leftTasks.GetValueOrDefault(key), rightTasks.GetValueOrDefault(key));
            foreach (var difference in CompareTasks(key, one, other, parameters))
            {
                yield return difference with { Title = TitleOf(key, one ?? other!) };
            }
        }
    }

    private static IEnumerable<RunDifference> CompareParameters(
        IReadOnlyDictionary<string, object?> left, IReadOnlyDictionary<string, object?> right)
    {
        foreach (var name in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            var (before, after) = (Side(left, name), Side(right, name));
            if (before is null || after is null || PythonRepr.Of(before.Value) != PythonRepr.Of(after.Value))
            {
                yield return new RunDifference("parameters", name, before, after);
            }
        }

        static DifferentValue? Side(IReadOnlyDictionary<string, object?> parameters, string name)
            => parameters.TryGetValue(name, out var value) ? new DifferentValue(null, null) { IsRead = true, Value = value } : null;
    }

    private IEnumerable<RunDifference> CompareTasks(string key, TaskHandle? left, TaskHandle? right, HashSet<string> parameters)
    {
        if (left is null || right is null)
        {
            var whole = new DifferentValue(null, null);
            return [new RunDifference(key, null, left is null ? null : whole, right is null ? null : whole)];
        }

        return CompareArtifacts(key, Artifacts(left, parameters), Artifacts(right, parameters)).Concat(CompareCode(key, left, right));
    }

    private static IEnumerable<RunDifference> CompareCode(string key, TaskHandle left, TaskHandle right)
    {
        // A run of Python Metaflow, or of an older version, does not tell.
        if (left.MetadataDictionary.GetValueOrDefault(CodeHasher) is { } before
            && right.MetadataDictionary.GetValueOrDefault(CodeHasher) is { } after && before != after)
        {
            yield return new RunDifference(key, RunDifference.Code, new DifferentValue(before, null), new DifferentValue(after, null));
        }
    }

    private IEnumerable<RunDifference> CompareArtifacts(
        string place, Dictionary<string, ArtifactHandle> left, Dictionary<string, ArtifactHandle> right)
    {
        foreach (var name in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            var (before, after) = (left.GetValueOrDefault(name), right.GetValueOrDefault(name));
            if (before?.Sha != after?.Sha && _told.Add((name, before?.Sha, after?.Sha)))
            {
                var (one, other) = (Show(before), Show(after));
                if (one is null || other is null || !AreSame(one, other))
                {
                    yield return new RunDifference(place, name, one, other);
                }
            }
        }
    }

    private static DifferentValue? Show(ArtifactHandle? artifact)
    {
        if (artifact is null)
        {
            return null;
        }

        var side = new DifferentValue(artifact.Sha, artifact.Size);
        try
        {
            return artifact.Size <= LargestRead ? side with { IsRead = true, Value = artifact.Value } : side;
        }
        catch (Errors.MetaflowException)
        {
            return side;
        }
    }

    private static bool AreSame(DifferentValue left, DifferentValue right)
        => left.IsRead && right.IsRead && PythonRepr.Of(left.Value) == PythonRepr.Of(right.Value);

    private Dictionary<string, ArtifactHandle> Artifacts(TaskHandle task, HashSet<string> parameters)
        => (includesPrivate ? task.AllArtifacts : task.Artifacts)
            .Where(artifact => (names.Count == 0 || names.Contains(artifact.Name)) && !parameters.Contains(artifact.Name))
            .ToDictionary(static artifact => artifact.Name, StringComparer.Ordinal);

    // Tasks of two runs have other ids; what they have in common is their place. The rounds of a loop have one place, and are numbered.
    private static Dictionary<string, TaskHandle> Tasks(RunHandle run)
    {
        var tasks = new Dictionary<string, TaskHandle>(StringComparer.Ordinal);
        foreach (var task in TaskArgument.InOrder(run.Tasks))
        {
            var place = ForeachPlace.Of(task);
            var key = place;
            for (var round = 2; !tasks.TryAdd(key, task); round++)
            {
                key = $"{place}#{round}";
            }
        }

        return tasks;
    }

    private static string TitleOf(string key, TaskHandle task) => task.ForeachItem is { } item ? $"{key} \"{item}\"" : key;
}
