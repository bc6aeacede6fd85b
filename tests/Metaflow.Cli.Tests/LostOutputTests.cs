using System.Text;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;

namespace Metaflow.Cli.Tests;

public sealed class LostOutputTests
{
    [Theory]
    [InlineData("help")]
    [InlineData("show")]
    [InlineData("output-raw")]
    public async Task A_command_whose_output_cannot_be_written_ends_quietly(string command)
    {
        using var full = new FullWriter();

        var run = await CommandLineRun.WithStreamsAsync(new FakeApplication(), streams => streams with { Out = full }, "--quiet", command);

        Assert.Equal(new CommandLineRun(1, "", ""), run);
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
        var terminal = new TerminalRunView(streams with { Time = seconds });

        Assert.Null(Record.Exception(() => minutes.Advance(TimeSpan.FromMinutes(6))));
        Assert.Null(Record.Exception(() => seconds.Advance(TimeSpan.FromSeconds(1))));
        Assert.Throws<IOException>(() => plain.OnEvent(new RunEvent.Message(minutes.GetUtcNow(), "text")));
        Assert.Throws<IOException>(terminal.Dispose);
    }

    private sealed class FullWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
