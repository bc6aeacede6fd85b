using System.Diagnostics;
using Metaflow.Client;
using Metaflow.Metadata;

namespace Metaflow.Scenarios.Tests;

/// <summary>What tasks started: it ends with its task, with its run, and with a scheduler that is killed.</summary>
public sealed class OrphanTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Nothing_that_a_task_started_survives_a_killed_scheduler()
    {
        using var process = _place.Start("OrphanFlow", "run");
        var children = ProcessTable.ChildrenNamedIn(string.Join('\n', await process.LinesWithAsync("child ", 3)));
        process.Kill9();
        await process.EndAsync();
        ProcessTable.AssertEnded(children);
        ProcessTable.AssertNoneIn(_place.Folder);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("TERM")]
    public async Task Nothing_that_a_task_started_survives_a_signal_to_the_whole_group_and_the_scheduler_s_end(string signal)
    {
        using var process = _place.Start("OrphanFlow", "run");
        var children = ProcessTable.ChildrenNamedIn(string.Join('\n', await process.LinesWithAsync("child ", 3)));
        foreach (var id in Guardians())
        {
            Send(signal, id);
        }

        process.Signal(signal);
        process.Kill9();
        await process.EndAsync();
        ProcessTable.AssertEnded(children);
    }

    [Fact]
    public async Task Resume_continue_ends_what_the_killed_scheduler_and_its_killed_guardian_left_before_it_runs_the_step_again()
    {
        using var process = _place.Start("OrphanFlow", "run");
        var children = ProcessTable.ChildrenNamedIn(string.Join('\n', await process.LinesWithAsync("child ", 3)));
        var guardian = Assert.Single(Guardians());
        Send("KILL", guardian);
        process.Kill9();
        await process.EndAsync();
        Assert.Contains(children, ProcessTable.IsAlive);
        var run = _place.Client().Flow("OrphanFlow").LatestRun!;
        Assert.Equal(RunState.Dead, run.State);
        using var again = _place.Start("OrphanFlow", "resume", "--continue", run.Id);
        await again.LinesWithAsync("started");
        Assert.DoesNotContain(children, ProcessTable.IsAlive);
        again.Kill9();
        await again.EndAsync();
        ProcessTable.AssertNoneIn(_place.Folder);
    }

    [Fact]
    public async Task The_run_of_another_program_that_a_step_started_ends_with_a_killed_scheduler_and_so_do_its_tasks()
    {
        using var process = _place.Start("OrphanFlow", "run", "--way", "nest");
        var children = ProcessTable.ChildrenNamedIn(string.Join('\n', await process.LinesWithAsync("child ", 3)));
        var tasks = ProcessTable.TasksNamedIn(string.Join('\n', await process.LinesWithAsync("Task is starting", 4)));
        Assert.Equal(4, tasks.Count);
        process.Kill9();
        await process.EndAsync();
        ProcessTable.AssertEnded([.. children, .. tasks]);
        ProcessTable.AssertNoneIn(_place.Folder);
    }

    [Fact]
    public async Task A_run_whose_reader_goes_away_goes_on_to_its_end_and_leaves_nothing_behind()
    {
        const string Script = "{ \"$0\" \"$@\" 2>errors; echo $? >code; } | head -1; exit 0";
        using var process = _place.StartUnder(Script, "SixtyTasksFlow", "run");
        Assert.NotEmpty((await process.EndAsync()).Output);

        Assert.Equal("0", (await File.ReadAllTextAsync(Path.Combine(_place.Folder, "code"), TestContext.Current.CancellationToken)).Trim());
        Assert.DoesNotContain(
            "   at ",
            await File.ReadAllTextAsync(Path.Combine(_place.Folder, "errors"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, _place.Client().Flow("SixtyTasksFlow").LatestRun!.State);
        ProcessTable.AssertNoneIn(_place.Folder);
    }

    [Fact]
    public async Task What_a_killed_task_started_ends_also_in_sessions_of_its_own()
    {
        using var process = _place.Start("OrphanFlow", "run");
        var children = ProcessTable.ChildrenNamedIn(string.Join('\n', await process.LinesWithAsync("child ", 3)));
        var line = Assert.Single(await process.LinesWithAsync("started"));
        Send("KILL", Assert.Single(ProcessTable.TasksNamedIn(line)));
        Assert.Equal(1, (await process.EndAsync()).ExitCode);
        ProcessTable.AssertEnded(children);
    }

    [Fact]
    public async Task What_a_task_started_that_fails_or_is_stopped_ends_also_in_sessions_of_its_own()
    {
        var outcome = await _place.RunAsync("OrphanFlow", "run", "--way", "fail");
        Assert.Equal(1, outcome.ExitCode);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(outcome.Output));
    }

    [Fact]
    public async Task After_a_timeout_that_is_caught_the_run_goes_on_and_nothing_of_the_step_does()
    {
        var outcome = (await _place.RunAsync("OrphanTimeoutFlow", "run")).Succeeded();
        Assert.Contains(
            "caught: Step work was still running after its timeout of 00:00:04. (MF3003)", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", outcome.All, StringComparison.Ordinal);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(outcome.Output));
    }

    [Fact]
    public async Task The_guardian_ends_with_its_run_and_holds_no_file_of_the_user()
    {
        using var process = _place.Start("OrphanFlow", "run");
        await process.LinesWithAsync("child ", 3);
        var guardian = Assert.Single(Guardians());
        var files = Directory.GetFiles($"/proc/{guardian}/fd")
            .Select(static path => File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name ?? "").ToList();
        Assert.Equal(1, files.Count(static name => name.StartsWith("pipe:", StringComparison.Ordinal)));
        Assert.All(files, static name => Assert.True(name == "null" || name.StartsWith("pipe:", StringComparison.Ordinal), name));
        process.Signal("TERM");
        await process.EndAsync();
        ProcessTable.AssertEnded([guardian]);
    }

    /// <summary>The guardians of runs whose mark a process in this folder carries.</summary>
    private IReadOnlyList<int> Guardians()
    {
        var marks = Directory.EnumerateDirectories("/proc")
            .Where(folder => Read(folder, "environ").Contains($"PWD={_place.Folder}\0", StringComparison.Ordinal)
                || LinkOf(folder) == _place.Folder)
            .Select(static folder => Read(folder, "environ").Split('\0')
                .FirstOrDefault(static text => text.StartsWith("METAFLOW_PROCESS_MARK=", StringComparison.Ordinal))?.Split('.')[0])
            .OfType<string>().Distinct().ToList();
        return
        [
            .. Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _))
                .Where(folder => Read(folder, "cmdline") is var line && line.Contains("metaflow-guardian", StringComparison.Ordinal)
                    && marks.Exists(mark => line.Contains(mark, StringComparison.Ordinal)))
                .Select(static folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    private static string? LinkOf(string folder)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(folder, "cwd"), returnFinalTarget: false)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Read(string folder, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void Send(string signal, int id)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{id}"]);
        kill.WaitForExit();
    }
}
