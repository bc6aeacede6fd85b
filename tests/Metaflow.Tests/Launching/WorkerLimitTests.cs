using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Platform;

namespace Metaflow.Tests.Launching;

public sealed class WorkerLimitTests
{
    [Theory]
    [InlineData(16, 20_000, 80)]
    [InlineData(30, 256, 72)]
    public void A_limit_that_is_wide_enough_changes_nothing(int asked, int limit, int used)
        => Assert.Equal(new WorkerLimit(asked, null), WorkerLimit.Of(asked, Files(limit, used), null, processors: 2));

    [Theory]
    [InlineData(40, 256, 72, 2, 30)]
    [InlineData(40, 156, 72, 2, 5)]
    [InlineData(40, 142, 72, 2, 2)]
    [InlineData(40, 135, 72, 2, 1)]
    [InlineData(40, 256, 72, 64, 18)]
    public void Fewer_tasks_run_where_a_process_may_open_few_files(int asked, int limit, int used, int processors, int workers)
    {
        var reckoned = WorkerLimit.Of(asked, Files(limit, used), null, processors);

        Assert.Equal(workers, reckoned.Workers);
        Assert.StartsWith($"Only {workers} task", reckoned.Reason, StringComparison.Ordinal);
        Assert.EndsWith(
            $" at the same time instead of {asked}: the system allows {limit} open files here (ulimit -n), and {used} of them are in use.",
            reckoned.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_narrower_of_two_limits_is_the_reason()
    {
        var reckoned = WorkerLimit.Of(40, Files(256, 72), new SystemLimit(120, 20, "ulimit -u"), processors: 1);

        Assert.Equal(
            "Only 3 tasks run at the same time instead of 40: the system allows 120 processes and threads here (ulimit -u), and 20 of them "
                + "are in use.",
            reckoned.Reason);
    }

    [Fact]
    public void Where_no_task_could_be_started_the_run_is_refused()
    {
        var error = Assert.Throws<LaunchException>(static () => WorkerLimit.Of(1, Files(80, 72), null, processors: 2));

        Assert.Equal(ErrorCodes.SystemLimitReached, error.Code);
        Assert.Contains("The limit of open files is 80 (ulimit -n), and 72 are in use.", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ErrorCodes.SystemLimitReached,
            Assert.Throws<LaunchException>(static () => WorkerLimit.Of(1, null, new SystemLimit(30, 25, "ulimit -u"), 2)).Code);
    }

    private static SystemLimit Files(int limit, int used) => new(limit, used, "ulimit -n");
}
