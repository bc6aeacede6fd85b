using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Compares a ready task with one of an earlier run: whether running it could only do again what the earlier one did.</summary>
/// <param name="inputs">What the ready task would start from.</param>
/// <param name="task">The ready task.</param>
/// <param name="run">The earlier run.</param>
internal sealed class CacheMatch(ReadyInputs inputs, ScheduledTask task, CacheRun run)
{
    /// <summary>Compares.</summary>
    /// <param name="earlier">The earlier task.</param>
    /// <param name="lineage">What it read and wrote, or <see langword="null"/> when that was not recorded.</param>
    /// <param name="code">The code that the ready task would run.</param>
    /// <param name="takesItem">Whether the step takes the item of its foreach.</param>
    /// <returns>Why the earlier task cannot stand in, as it follows "because"; <see langword="null"/> when it can.</returns>
    public async Task<string?> DifferenceAsync(EarlierTask earlier, TaskLineage? lineage, string code, bool takesItem)
    {
        if (!earlier.IsOk || !earlier.Succeeded)
        {
            return $"it failed in run {run.RunId}";
        }

        if (lineage is null)
        {
            return $"run {run.RunId} did not record what it read";
        }

        if ((lineage.Code ?? await run.CodeOfAsync(task.Step).ConfigureAwait(false)) != code)
        {
            return $"its code or environment changed since run {run.RunId}";
        }

        if (lineage.Observed is { } observed)
        {
            return $"it asks for Current.{observed}, which differs from run to run";
        }

        return await ReadDifferenceAsync(lineage).ConfigureAwait(false)
            ?? await InputDifferenceAsync(lineage).ConfigureAwait(false)
            ?? (takesItem && task.SplitIndex is { } index && !await IsSameItemAsync(index).ConfigureAwait(false) ? $"its item changed since run {run.RunId}" : null);
    }

    private async Task<string?> ReadDifferenceAsync(TaskLineage lineage)
    {
        var known = (await inputs.BaseAsync().ConfigureAwait(false)).Records;
        foreach (var (name, key) in lineage.Reads)
        {
            var now = name == InternalArtifacts.ForeachStack ? await inputs.StackKeyAsync().ConfigureAwait(false) : KeyOf(known, name);
            if (now != key)
            {
                return name == InternalArtifacts.ForeachStack ? $"the foreach around it changed since run {run.RunId}" : $"'{name}' changed since run {run.RunId}";
            }
        }

        return null;
    }

    private async Task<string?> InputDifferenceAsync(TaskLineage lineage)
    {
        if (!lineage.InputSteps.SequenceEqual(inputs.InputSteps))
        {
            return $"it joins other tasks than in run {run.RunId}";
        }

        foreach (var input in lineage.InputReads)
        {
            var records = (await inputs.InputAsync(input.Input).ConfigureAwait(false)).Records;
            foreach (var (name, key) in input.Reads)
            {
                if ((records.TryGetValue(name, out var record) ? record.Key : null) != key)
                {
                    return $"'{name}' of input {input.Input} changed since run {run.RunId}";
                }
            }
        }

        for (var place = 0; place < lineage.InputNames.Count; place++)
        {
            if (TaskLineage.DigestOfNames((await inputs.InputAsync(place).ConfigureAwait(false)).Records) != lineage.InputNames[place])
            {
                return $"input {place} has other artifacts to merge than in run {run.RunId}";
            }
        }

        return null;
    }

    private static string? KeyOf(IReadOnlyDictionary<string, ArtifactRecord> records, string name)
        => TaskInputs.IsInherited(name) && records.TryGetValue(name, out var record) ? record.Key : null;

    private async Task<bool> IsSameItemAsync(int index)
    {
        var split = await inputs.FirstAsync().ConfigureAwait(false);
        var passes = split.Contains(InternalArtifacts.IterationStack) ? split.Load<List<int>>(InternalArtifacts.IterationStack) : [];
        var indices = task.Key.Indices;
        var outer = indices.LastIndexOf(',') is var comma and >= 0 ? indices[..comma] : "";
        var key = new TaskKey(split.Task.Step, outer, string.Join(',', passes));
        if (await run.Tasks.FindAsync(key).ConfigureAwait(false) is not { } before)
        {
            return false;
        }

        var result = TaskResults.Decode(before.Artifacts);
        return result.NumSplits > index && result.NextSteps.Contains(task.Step) && HaveSameItem(split, before.Artifacts, index);
    }

    private static bool HaveSameItem(TaskArtifacts now, TaskArtifacts before, int index)
    {
        if (now.LoadPlain(InternalArtifacts.ForeachVar) is not string name || before.LoadPlain(InternalArtifacts.ForeachVar) is not string earlierName)
        {
            return false;
        }

        return now.Records[name].Key == before.Records[earlierName].Key || ItemKey(now, name, index) is { } key && key == ItemKey(before, earlierName, index);
    }

    private static string? ItemKey(TaskArtifacts split, string name, int index)
    {
        try
        {
            return ContentAddressedStore.KeyOf(ArtifactSerializer.Serialize(split.LoadItem<object?>(name, index), typeof(object)).Payload);
        }
        catch (MetaflowException)
        {
            // An item that cannot be compared counts as another one.
            return null;
        }
    }
}
