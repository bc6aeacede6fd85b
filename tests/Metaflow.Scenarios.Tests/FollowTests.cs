namespace Metaflow.Scenarios.Tests;

/// <summary>Logs of tasks that run, seen by another process.</summary>
public sealed class FollowTests : IDisposable
{
    private readonly Workplace _place = new();

    [Fact]
    public async Task Lines_of_running_tasks_are_seen_before_the_tasks_end_and_following_ends_with_the_run()
    {
        using var run = _place.Start("SleepFlow", "run", "--way", "heed");
        await run.LinesWithAsync("working", 3);

        using var follow = _place.Start("SleepFlow", "logs", "latest", "--follow", "--stdout");
        var seen = await follow.LinesWithAsync("working", 3);
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{run.Id}"]);
        await run.EndAsync();
        var followed = await follow.EndAsync();

        Assert.All(seen, static line => Assert.Matches(@"^work\[\d\] \d │ .*working", line));
        Assert.Equal(0, followed.ExitCode);
        Assert.Equal(3, followed.Output.Split("heeded").Length - 1);
    }

    public void Dispose() => _place.Dispose();
}
