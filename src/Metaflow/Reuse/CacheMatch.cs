using Metaflow.Code;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Says in which ways running a ready task would differ from what an earlier one did.</summary>
/// <param name="inputs">What the ready task would start from.</param>
/// <param name="runId">The earlier run.</param>
internal sealed class CacheMatch(ReadyInputs inputs, string runId)
{
    /// <summary>Compares.</summary>
    /// <param name="earlier">The earlier task.</param>
    /// <param name="code">The code that the ready task would run.</param>
    /// <returns>The differences, as each follows "because"; none when the earlier task can stand in.</returns>
    public async Task<IReadOnlyList<string>> DifferencesAsync(CacheCandidate earlier, string code)
    {
        if (!earlier.Task.IsOk || !earlier.Task.Succeeded)
        {
            return [$"it failed in run {runId}"];
        }

        if (earlier.Lineage is not { IsWhole: true } lineage)
        {
            return [$"run {runId} did not record what it read"];
        }

        var differences = new List<string>();
        if (earlier.Code != code)
        {
            var isPackages = earlier.Code is { } before && PackagesMark.Reason(before, code) == PackagesMark.OtherPackages;
            differences.Add($"{(isPackages ? PackagesMark.OtherPackages : "its code or environment changed")} since run {runId}");
        }

        if (lineage.Observed is { } observed)
        {
            differences.Add($"it asks for Current.{observed}, which differs from run to run");
        }

        Compare(lineage, await inputs.SeenAsync(lineage).ConfigureAwait(false), differences);
        return differences;
    }

    private void Compare(TaskLineage before, TaskLineage now, List<string> differences)
    {
        if (before.Item != now.Item)
        {
            differences.Add($"run {runId} has no result of its item");
        }

        foreach (var (name, key) in before.Reads.Where(read => now.Reads[read.Key] != read.Value))
        {
            differences.Add($"'{name}' changed since run {runId}");
        }

        foreach (var (name, key) in before.Answers.Where(answer => now.Answers[answer.Key] != answer.Value))
        {
            differences.Add($"Current.{name} is not what it was in run {runId}");
        }

        if (!before.InputSteps.SequenceEqual(now.InputSteps))
        {
            differences.Add($"it joins different tasks than in run {runId}");
            return;
        }

        foreach (var (input, current) in before.InputReads.Zip(now.InputReads))
        {
            foreach (var (name, _) in input.Reads.Where(read => current.Reads[read.Key] != read.Value))
            {
                differences.Add($"'{name}' of input {input.Input} changed since run {runId}");
            }
        }

        for (var place = 0; place < before.InputNames.Count; place++)
        {
            if (before.InputNames[place] != now.InputNames[place])
            {
                differences.Add($"input {place} has other artifacts to merge than in run {runId}");
            }
        }
    }
}
