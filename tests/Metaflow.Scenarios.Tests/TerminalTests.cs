using System.Diagnostics;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in pseudo terminals, by the script that makes the pictures of the documentation.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_run_leaves_a_line_for_each_step_and_a_summary_whose_command_shows_the_results()
    {
        var screen = await ShowAsync("ForeachFlow", ["--columns", "200"], "run");

        Assert.DoesNotContain(screen, static line => line.Contains("Task is starting", StringComparison.Ordinal));
        Assert.Single(screen, static line => line.StartsWith("✓ work  4 tasks in ", StringComparison.Ordinal));
        Assert.Single(screen, static line => line.StartsWith("✓ Done in ", StringComparison.Ordinal));
        Assert.Contains("Squares", await TypeAsync("ForeachFlow", Command(screen, "Results"), 0), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_command_below_a_failed_run_resumes_it_when_it_is_pasted()
    {
        var screen = await ShowAsync("FailFlow", ["--columns", "200"], "run", "--way", "raise", "--max-workers", "3");

        Assert.Single(screen, static line => line.StartsWith("✗ middle failed", StringComparison.Ordinal));
        Assert.Single(screen, static line => line.StartsWith("✗ Failed after ", StringComparison.Ordinal));
        var command = Command(screen, "Go on");
        Assert.EndsWith(" --max-workers 3", command, StringComparison.Ordinal);
        Assert.Contains("Cloning previously run task", await TypeAsync("FailFlow", command, 1), StringComparison.Ordinal);
        Assert.Contains("middle", Command(screen, "Its log"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_with_the_command_that_continues_the_run()
    {
        var screen = await ShowAsync("SleepFlow", ["--at", "3 running", "--stop"], "run", "--way", "ignore");

        Assert.Single(screen, static line => line.StartsWith("■ Stopping 3 tasks.", StringComparison.Ordinal));
        Assert.Single(screen, static line => line.StartsWith("■ Stopped after ", StringComparison.Ordinal));
        var run = _place.Client().Flow("SleepFlow").LatestRun!;
        Assert.EndsWith($" resume --continue {run.Id}", Command(screen, "Go on"), StringComparison.Ordinal);
        ProcessTable.AssertNoneIn(_place.Folder);
    }

    private static string Command(IEnumerable<string> screen, string label)
        => screen.Single(line => line.StartsWith($"  {label} ", StringComparison.Ordinal))[(2 + label.Length)..].Trim();

    /// <summary>Runs a command in a pseudo terminal.</summary>
    /// <returns>The lines of the terminal at its end.</returns>
    private async Task<string[]> ShowAsync(string flow, string[] options, params string[] arguments)
    {
        var script = Path.Combine(Root(), "eng", "captures", "terminal.py");
        var (code, output) = await RunAsync(
            "python3", [script, "--end", "-", "--rows", "40", .. options, "--", FlowsProgram.File, .. arguments], flow);
        Assert.SkipWhen(code == 127, "python3 is not there.");
        Assert.True(code == 0, output);
        return output.Split('\n');
    }

    /// <summary>Types a command into a shell, as who pastes it does.</summary>
    private async Task<string> TypeAsync(string flow, string command, int exitCode)
    {
        var (code, output) = await RunAsync("sh", ["-c", command], flow);
        Assert.True(code == exitCode, output);
        return output;
    }

    private async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string flow)
    {
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" 2>&1", program, .. arguments])
        {
            WorkingDirectory = _place.Folder,
            RedirectStandardOutput = true,
        };
        start.Environment["METAFLOW_USER"] = "tester";
        start.Environment["SCENARIO_FLOW"] = flow;
        start.Environment["PATH"] = $"{Path.GetDirectoryName(FlowsProgram.File)}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Metaflow.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        }

        return folder;
    }
}
