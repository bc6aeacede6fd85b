using Metaflow.Decorators;

namespace Metaflow.Tests.Decorators;

public sealed class RetryTests
{
    private static RetryBudget Budget(RetryAttribute retry) => new(retry.Times, 0, retry.WaitOr(TimeSpan.Zero)) { Growth = retry.Growth };

    [Fact]
    public void Waits_are_equal_unless_a_factor_makes_them_grow_up_to_the_longest()
    {
        var equal = Budget(new RetryAttribute { SecondsBetweenRetries = 3 });
        Assert.Equal([3, 3, 3], Seconds(equal));
        var growing = Budget(new RetryAttribute { SecondsBetweenRetries = 3, BackoffFactor = 2, MaxSecondsBetweenRetries = 10 });
        Assert.Equal([3, 6, 10], Seconds(growing));

        static double[] Seconds(RetryBudget budget)
            => [.. Enumerable.Range(0, 3).Select(attempt => budget.WaitAfter("1", "2", attempt).TotalSeconds)];
    }

    [Fact]
    public void Jitter_is_within_its_part_differs_between_tasks_and_is_the_same_again()
    {
        var budget = Budget(new RetryAttribute { SecondsBetweenRetries = 100, Jitter = 0.25 });
        var waits = Enumerable.Range(0, 200).Select(task => budget.WaitAfter("17", $"{task}", 0).TotalSeconds).ToList();
        Assert.All(waits, static wait => Assert.InRange(wait, 75, 125));
        Assert.True(waits.Distinct().Count() > 190);
        Assert.InRange(waits.Average(), 95, 105);
        Assert.Equal(waits, Enumerable.Range(0, 200).Select(task => budget.WaitAfter("17", $"{task}", 0).TotalSeconds));

        // A value that was written down: another process, another day, the same wait.
        Assert.Equal(
            budget.WaitAfter("17", "3", 1),
            Budget(new RetryAttribute { SecondsBetweenRetries = 100, Jitter = 0.25 }).WaitAfter("17", "3", 1));
        Assert.NotEqual(budget.WaitAfter("17", "3", 1), budget.WaitAfter("18", "3", 1));
    }

    [Fact]
    public void Exceptions_are_tried_again_by_the_names_of_their_classes_and_bases()
    {
        Assert.True(new RetryAttribute().Allows(new InvalidOperationException()));
        var only = new RetryAttribute { On = ["IOException"] };
        Assert.True(only.Allows(new FileNotFoundException()));
        Assert.False(only.Allows(new InvalidOperationException()));
        var never = new RetryAttribute { NotOn = ["System.ArgumentException"] };
        Assert.False(never.Allows(new ArgumentNullException()));
        Assert.True(never.Allows(new IOException()));
    }

    [Fact]
    public void On_disk_there_are_the_attributes_of_the_reference_and_what_else_was_written()
    {
        Assert.Equal(["times", "minutes_between_retries"], new RetryAttribute().ToData().Select(static pair => pair.Key));
        Assert.Equal(
            ["times", "minutes_between_retries", "backoff_factor", "jitter", "not_on"],
            new RetryAttribute { BackoffFactor = 2, Jitter = 0.5, NotOn = ["A"] }.ToData().Select(static pair => pair.Key));
    }
}
