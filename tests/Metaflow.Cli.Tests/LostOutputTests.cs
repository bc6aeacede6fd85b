using System.Text;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

public sealed class LostOutputTests
{
    [Theory]
    [InlineData("help")]
    [InlineData("show")]
    [InlineData("output-raw")]
    public async Task A_command_whose_output_cannot_be_written_says_so(string command)
    {
        using var full = new FullWriter();

        var run = await CommandLineRun.WithStreamsAsync(new FakeApplication(), streams => streams with { Out = full }, "--quiet", command);

        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Equal(
            "    Configuration error:\n    The output could not be written. No space left on device. Free some space where it is "
                + "redirected to, or redirect it elsewhere. "
                + $"[{ErrorCodes.OutputFile}]\n",
            run.Error);
    }

    [Fact]
    public async Task A_closed_output_is_not_a_bug_of_Metaflow()
    {
        using var closed = new FullWriter { Fault = new UnauthorizedAccessException("Access to the path is denied.") };

        var run = await CommandLineRun.WithStreamsAsync(new FakeApplication(), streams => streams with { Out = closed }, "--quiet", "help");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("It is closed", run.Error, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.OutputFile, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(ErrorCodes.InternalFault, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_said_when_nobody_can_be_told()
    {
        using var full = new FullWriter();
        Assert.Equal(
            new CommandLineRun(1, "", ""),
            await CommandLineRun.WithStreamsAsync(new FakeApplication(), streams => streams with { Out = full, Error = full }, "help"));
    }

    [Fact]
    public async Task A_file_for_explanations_in_no_folder_is_refused_before_the_run()
    {
        var application = new FakeApplication();
        var run = await CommandLineRun.OfAsync(application, "run", "--cache", "--explain-json", "/no-such-folder/x.json");
        Assert.Contains(ErrorCodes.OutputFile, run.Error, StringComparison.Ordinal);
        Assert.Empty(application.Runs);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named_as_the_user_named_it()
    {
        using var store = new SampleStore();
        await store.AddTaskAsync(await store.AddRunAsync("7"), "only", "1", new Dictionary<string, object?> { ["x"] = 1 });
        var run = await store.ExecuteAsync("dump", "latest/only", "--file", "/no-such-folder/x.json");
        Assert.Contains("'/no-such-folder/x.json'.", run.Error, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.OutputFile, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--zzz")]
    [InlineData("run")]
    [InlineData("dump", "7/start")]
    public async Task An_error_that_cannot_be_reported_ends_the_command_all_the_same(params string[] arguments)
    {
        using var full = new FullWriter();

        var run = await CommandLineRun.WithStreamsAsync(new FakeApplication(), streams => streams with { Error = full }, arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task A_fault_of_another_file_is_reported()
    {
        var application = new FakeApplication { OnRun = static (_, _, _) => throw new IOException("disk on fire") };

        var run = await CommandLineRun.OfAsync(application, "--quiet", "run");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("System.IO.IOException: disk on fire", run.Error);
        Assert.Contains("[MF9001]", run.Error);
    }

    [Fact]
    public void A_timer_that_cannot_write_does_not_end_the_run()
    {
        using var full = new FullWriter();
        var minutes = new FakeTime(DateTimeOffset.UnixEpoch);
        var seconds = new FakeTime(DateTimeOffset.UnixEpoch);
        var streams = new ConsoleStreams { Out = full, Error = TextWriter.Null, Time = minutes };
        using var plain = new PlainRunView(streams);
        var terminal = new TerminalRunView(streams with { Time = seconds, OutputIsTerminal = true });

        Assert.Throws<IOException>(() => terminal.OnEvent(
            new RunEvent.Progress(seconds.GetUtcNow(), [new StepCount("work", 1, 0, 0) { Total = 1 }])));
        Assert.Null(Record.Exception(() => minutes.Advance(TimeSpan.FromMinutes(6))));
        Assert.Null(Record.Exception(() => seconds.Advance(TimeSpan.FromSeconds(1))));
        Assert.Throws<IOException>(() => plain.OnEvent(new RunEvent.Message(minutes.GetUtcNow(), "text")));
        Assert.Throws<IOException>(terminal.Dispose);
    }

    private sealed class FullWriter : TextWriter
    {
        public Exception Fault { get; init; } = new IOException("No space left on device");

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw Fault;
    }
}
