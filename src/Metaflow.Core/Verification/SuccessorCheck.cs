using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;

namespace Metaflow.Verification;

/// <summary>Finds steps that lack tasks in a run that ended and has no journal: each task says to which steps it moved on.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="tasks">The tasks that are complete, each with the artifacts of its last complete attempt; <see langword="null"/> if they
/// are unreadable.</param>
internal sealed class SuccessorCheck(
    FlowDatastore datastore, IReadOnlyDictionary<TaskPath, IReadOnlyDictionary<string, ArtifactRecord>?> tasks)
{
    private const string OldestStart = "start";
    private const string OldestEnd = "end";

    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _expected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _gangs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _passes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _there = tasks.Keys.CountBy(static task => task.Step).ToDictionary(StringComparer.Ordinal);

    /// <summary>Finds the steps.</summary>
    /// <param name="hasSucceeded">Whether the run is recorded as one that succeeded. Python Metaflow records nothing of the kind: then the
    /// end step tells.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The steps, with how many complete tasks they have, and how many they had at least.</returns>
    public async ValueTask<IReadOnlyList<(string Step, long There, long Expected)>> FindAsync(
        bool hasSucceeded, CancellationToken cancellationToken)
    {
        var graph = await GraphAsync(cancellationToken).ConfigureAwait(false);
        if (!hasSucceeded && !_there.ContainsKey(graph.EndStep ?? OldestEnd))
        {
            // The run failed, or is running: nobody knows how far it came.
            return [];
        }

        Expect(TaskPath.ParametersStep, 1);
        Expect(graph.StartStep ?? OldestStart, 1);
        foreach (var (task, list) in tasks)
        {
            if (list is not null)
            {
                await ExpectNextAsync(task.Step, list, graph, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var (step, passes) in _passes)
        {
            _expected[step] = Math.Max(passes, _expected.GetValueOrDefault(step));
        }

        foreach (var join in _expected.Keys.Where(graph.IsJoin).ToList())
        {
            // All tasks of a split together have one task of its join.
            _expected[join] = Math.Max(1, graph.SplitsOf(join).Sum(split => (long)_there.GetValueOrDefault(split)));
        }

        await ExpectGangsAsync(cancellationToken).ConfigureAwait(false);
        return Lacking();
    }

    /// <summary>Finds the steps that lack tasks of a gang. A journal does not name those of a gang that was cloned as a whole.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The steps, as of <see cref="FindAsync"/>.</returns>
    public async ValueTask<IReadOnlyList<(string Step, long There, long Expected)>> FindGangsAsync(CancellationToken cancellationToken)
    {
        await ExpectGangsAsync(cancellationToken).ConfigureAwait(false);
        return Lacking();
    }

    private IReadOnlyList<(string Step, long There, long Expected)> Lacking() =>
    [
        .. _expected.Select(step => (step.Key, (long)_there.GetValueOrDefault(step.Key), step.Value))
            .Where(static step => step.Item2 < step.Value).OrderBy(static step => step.Key, StringComparer.Ordinal),
    ];

    /// <summary>Expects the tasks that the first one of each gang names. Where the first one of a gang is missing, it is one more than
    /// there are.</summary>
    private async ValueTask ExpectGangsAsync(CancellationToken cancellationToken)
    {
        foreach (var step in tasks.Where(static task => task.Value?.ContainsKey(InternalArtifacts.ControlMapperTasks) == true)
            .GroupBy(static task => task.Key.Step, static task => task.Value!))
        {
            var members = 0L;
            foreach (var first in step)
            {
                members += await ValueAsync(first, InternalArtifacts.ControlMapperTasks, cancellationToken).ConfigureAwait(false)
                    is IReadOnlyCollection<object?> named ? named.Count : 1;
            }

            _gangs[step.Key] = _gangs.GetValueOrDefault(step.Key) - step.Count();
            _expected[step.Key] = members;
        }

        foreach (var (step, lacking) in _gangs.Where(static gang => gang.Value > 0))
        {
            _expected[step] = _there.GetValueOrDefault(step) + lacking;
        }
    }

    private async ValueTask ExpectNextAsync(
        string step, IReadOnlyDictionary<string, ArtifactRecord> list, RunGraph graph, CancellationToken cancellationToken)
    {
        if (await ValueAsync(list, InternalArtifacts.Transition, cancellationToken).ConfigureAwait(false)
                is not PythonTuple { Count: > 0 } moved
            || moved[0] is not IEnumerable<object?> next)
        {
            return;
        }

        var items = await ValueAsync(list, InternalArtifacts.ForeachNumSplits, cancellationToken).ConfigureAwait(false) as long?;
        var startsGang = moved is { Count: > 1 } && moved[1] is InternalArtifacts.ParallelIterator;
        foreach (var target in next.OfType<string>())
        {
            if (startsGang)
            {
                _gangs[target] = _gangs.GetValueOrDefault(target) + 1;
            }

            // How many tasks of a split a join has taken is not told by each of them.
            Expect(target, graph.IsJoin(target) ? 1 : items ?? 1);
        }

        // Of a loop, each pass but the last is followed by one of the same step: the last one says how many there were.
        if (graph.ChildrenOf(step).Contains(step) && !next.Contains(step)
            && await ValueAsync(list, InternalArtifacts.IterationStack, cancellationToken).ConfigureAwait(false)
                is IReadOnlyList<object?> { Count: > 0 } passes && passes[^1] is long last)
        {
            _passes[step] = _passes.GetValueOrDefault(step) + last + 1;
        }
    }

    private void Expect(string step, long count) => _expected[step] = _expected.GetValueOrDefault(step) + count;

    private async ValueTask<RunGraph> GraphAsync(CancellationToken cancellationToken)
    {
        foreach (var list in tasks.Values.OfType<IReadOnlyDictionary<string, ArtifactRecord>>())
        {
            if (await ValueAsync(list, InternalArtifacts.GraphInfo, cancellationToken).ConfigureAwait(false) is { } info)
            {
                return RunGraph.FromPlain(info);
            }
        }

        return RunGraph.FromPlain(null);
    }

    /// <summary>Loads a small artifact. Most tasks of a step have the same.</summary>
    private async ValueTask<object?> ValueAsync(
        IReadOnlyDictionary<string, ArtifactRecord> list, string name, CancellationToken cancellationToken)
    {
        if (!list.TryGetValue(name, out var record))
        {
            return null;
        }

        if (!_values.TryGetValue(record.Key, out var value))
        {
            value = await LoadAsync(record, cancellationToken).ConfigureAwait(false);
            _values.Add(record.Key, value);
        }

        return value;
    }

    private async ValueTask<object?> LoadAsync(ArtifactRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var payload = await datastore.Content.LoadAsync(record.Key, cancellationToken).ConfigureAwait(false);
            return ArtifactSerializer.DeserializePlain(payload, record.Encoding);
        }
        catch (MetaflowException)
        {
            // The check of the blobs says so.
            return null;
        }
    }
}
