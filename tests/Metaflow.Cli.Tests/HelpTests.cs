namespace Metaflow.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("resume")]
    [InlineData("spin")]
    [InlineData("runs")]
    [InlineData("gc")]
    [InlineData("fsck")]
    [InlineData("show")]
    [InlineData("check")]
    [InlineData("dump")]
    [InlineData("logs")]
    [InlineData("logs scrub")]
    [InlineData("diff")]
    [InlineData("completion")]
    [InlineData("tag")]
    [InlineData("tag add")]
    [InlineData("tag remove")]
    [InlineData("tag replace")]
    [InlineData("tag list")]
    [InlineData("output-dot")]
    [InlineData("output-raw")]
    [InlineData("version")]
    [InlineData("help")]
    public async Task Help_of_a_command_is_the_same_however_it_is_asked_for(string command)
    {
        var asked = await CommandLineRun.OfAsync(new FakeApplication(), ["help", .. command.Split(' ')]);
        var option = await CommandLineRun.OfAsync(new FakeApplication(), [.. command.Split(' '), "--help"]);
        var before = await CommandLineRun.OfAsync(new FakeApplication(), ["--help", .. command.Split(' ')]);

        Assert.Equal(0, asked.ExitCode);
        Assert.Equal("", asked.Error);
        Assert.Equal(asked, option);
        Assert.Equal(asked, before);
        Expectation.Matches("help-" + command.Replace(' ', '-'), asked.Out);
    }

    [Fact]
    public async Task Help_of_the_program_lists_the_commands()
    {
        var option = await CommandLineRun.OfAsync(new FakeApplication(), "--help");
        var command = await CommandLineRun.OfAsync(new FakeApplication(), "help");

        Assert.Equal(option, command);
        Expectation.Matches("help", option.Out);
    }

    [Fact]
    public async Task The_options_of_every_command_have_a_page_of_their_own()
    {
        var options = await CommandLineRun.OfAsync(new FakeApplication(), "help", "options");

        Assert.Equal((0, ""), (options.ExitCode, options.Error));
        Expectation.Matches("help-options", options.Out);
    }

    [Fact]
    public async Task Where_tasks_get_their_packages_from_is_one_of_a_few_kinds()
    {
        var version = await CommandLineRun.OfAsync(new FakeApplication(), "version", "--environment", "local");
        var wrong = await CommandLineRun.OfAsync(new FakeApplication(), "version", "--environment", "locl");

        Assert.Equal(0, version.ExitCode);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("'automatic', 'local', 'conda'", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_runs_steps_says_what_it_executes()
    {
        var run = await CommandLineRun.OfAsync(new FakeApplication(), "run");
        var show = await CommandLineRun.OfAsync(new FakeApplication(), "show");

        Assert.StartsWith($"Metaflow {ProductVersion.Text} executing GenreStatsFlow for user:ada\n", run.Error, StringComparison.Ordinal);
        Assert.Equal("", show.Error);
    }

    [Fact]
    public async Task Help_fits_a_narrow_terminal()
    {
        var help = await CommandLineRun.WithStreamsAsync(
            new FakeApplication(), streams => streams with { Width = () => 64 }, "help", "run");

        Assert.All(
            help.Out.Split('\n').Where(line => line.StartsWith("  --", StringComparison.Ordinal)),
            line => Assert.True(line.Length <= 64, line));
    }

    [Fact]
    public async Task Help_says_what_is_required_and_does_not_compute_defaults()
    {
        var flow = SampleFlows.With(
            SampleFlows.Parameter("must", typeof(string), "Needed.", required: true),
            SampleFlows.Parameter("slow", typeof(int), "Slow.") with
            {
                HasDefault = true,
                ComputeDefault = () => throw new InvalidOperationException(),
            });

        var help = await CommandLineRun.OfAsync(new FakeApplication { Definition = flow }, "run", "--help");

        Assert.Contains("--must <text>     Needed. [required]", help.Out);
        Assert.Contains("--slow <integer>  Slow. [default: <computed>]", help.Out);
    }

    [Fact]
    public async Task Help_of_an_unknown_command_is_a_usage_error()
    {
        var help = await CommandLineRun.OfAsync(new FakeApplication(), "help", "rum");

        Assert.Equal(2, help.ExitCode);
        Assert.Contains("No such command 'rum'. Did you mean 'run'? [MF2002]", help.Error);
    }
}
