using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

/// <summary>What must be true of tasks that run at once, where steps and foreaches limit them.</summary>
internal static class Limits
{
    /// <summary>Fails when more tasks run than one of the limits allows. A gang that is larger than its limit may run by itself.</summary>
    public static void Check(IReadOnlyCollection<ScheduledTask> running, Func<string, int?> ofStep)
    {
        foreach (var step in running.GroupBy(static task => task.Step))
        {
            if (ofStep(step.Key) is { } limit)
            {
                Require(step, limit);
            }

            foreach (var split in step.Where(static task => task.MaxParallel is not null)
                .GroupBy(static task => task.Frames[^1].SplitTaskId))
            {
                Require(split, split.First().MaxParallel!.Value);
            }
        }
    }

    private static void Require(IGrouping<string, ScheduledTask> tasks, int limit)
        => Assert.True(
            tasks.Count() <= limit || tasks.Select(static task => task.Gang?.ControlTaskId).Distinct().ToList() is [not null],
            $"{tasks.Count()} tasks of {tasks.Key} run at once, and {limit} may");
}
