using System.Text;

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

    private sealed class FullWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
