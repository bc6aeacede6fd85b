using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>A task of an earlier run that may stand in for a ready one.</summary>
/// <param name="Task">The task.</param>
/// <param name="Lineage">What it saw and wrote; <see langword="null"/> when that was not recorded.</param>
/// <param name="Code">The code that it ran; <see langword="null"/> when that is not known.</param>
internal sealed record CacheCandidate(EarlierTask Task, TaskLineage? Lineage, string? Code);

/// <summary>The tasks of one step of an earlier run, found by what they saw: where they were in a foreach or a loop does not matter, unless
/// they asked.</summary>
internal sealed class CacheCandidates
{
    // What was looked at, and then what was seen: a step looks at a few sets of things, however many tasks it has.
    private readonly Dictionary<string, (TaskLineage Sample, Dictionary<string, List<CacheCandidate>> BySeen)> _byShape = new(
        StringComparer.Ordinal);
    private readonly ILookup<string?, CacheCandidate> _byItem;

    private CacheCandidates(IEnumerable<CacheCandidate> all)
    {
        var sorted = all.OrderBy(static candidate => candidate.Task.Artifacts.Task.TaskId.Length)
            .ThenBy(static candidate => candidate.Task.Artifacts.Task.TaskId, StringComparer.Ordinal).ToList();
        _byItem = sorted.ToLookup(static candidate => candidate.Lineage?.Item);
        foreach (var candidate in sorted)
        {
            if (candidate.Lineage is not { IsWhole: true, Observed: null } lineage || !candidate.Task.IsOk || !candidate.Task.Succeeded)
            {
                continue;
            }

            var shape = lineage.SeenText(withKeys: false);
            if (!_byShape.TryGetValue(shape, out var group))
            {
                _byShape.Add(shape, group = (lineage, new Dictionary<string, List<CacheCandidate>>(StringComparer.Ordinal)));
            }

            var seen = lineage.SeenText(withKeys: true);
            if (!group.BySeen.TryGetValue(seen, out var same))
            {
                group.BySeen.Add(seen, same = []);
            }

            same.Add(candidate);
        }
    }

    /// <summary>Reads the tasks of a step.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="readAsync">Reads one.</param>
    /// <returns>The candidates.</returns>
    public static async Task<CacheCandidates> ReadAsync(IEnumerable<EarlierTask> tasks, Func<EarlierTask, Task<CacheCandidate>> readAsync)
    {
        var read = new ConcurrentBag<CacheCandidate>();
        await Parallel.ForEachAsync(tasks, async (task, _) => read.Add(await readAsync(task).ConfigureAwait(false))).ConfigureAwait(false);
        return new CacheCandidates(read);
    }

    /// <summary>Finds the tasks that saw what a ready one would see.</summary>
    /// <param name="inputs">What the ready task would start from.</param>
    /// <returns>The tasks, whichever code they ran.</returns>
    public async Task<IReadOnlyList<CacheCandidate>> FindAsync(ReadyInputs inputs)
    {
        var found = new List<CacheCandidate>();
        foreach (var (sample, bySeen) in _byShape.Values)
        {
            var seen = await inputs.SeenAsync(sample).ConfigureAwait(false);
            found.AddRange(bySeen.GetValueOrDefault(seen.SeenText(withKeys: true), []));
        }

        return found;
    }

    /// <summary>Returns the tasks that are near to a ready one: those of its item.</summary>
    /// <param name="item">The item's key.</param>
    /// <returns>The tasks.</returns>
    public IEnumerable<CacheCandidate> OfItem(string item) => _byItem[item];
}
