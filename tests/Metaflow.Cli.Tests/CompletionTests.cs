namespace Metaflow.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly SampleStore _store = new();

    [Theory]
    [InlineData("run runs", "ru")]
    [InlineData("show", "sh")]
    [InlineData("dump diff debug", "d")]
    [InlineData("add", "tag", "a")]
    [InlineData("add remove replace list", "tag", "")]
    [InlineData("--max-workers", "run", "--max-w")]
    [InlineData("--max-genres", "run", "--max-g")]
    [InlineData("--json", "tag", "list", "--js")]
    [InlineData("--no-private", "dump", "--no-pr")]
    [InlineData("Low VeryHigh", "run", "--level", "")]
    [InlineData("--level=VeryHigh", "run", "--level=V")]
    [InlineData("true", "run", "--verbose", "t")]
    [InlineData("catch retry timeout", "run", "--with", "")]
    [InlineData("local", "--datastore", "")]
    [InlineData("--quiet", "--qu")]
    [InlineData("json", "dump", "--format", "j")]
    [InlineData("7/start 7/compute 7/join 7/end", "logs", "7/")]
    [InlineData("bash", "completion", "b")]
    [InlineData("tag", "help", "ta")]
    [InlineData("", "nonsense", "x")]
    [InlineData("", "run", "--tag", "")]
    public async Task Words_that_may_follow_are_offered(string expected, params string[] words)
    {
        var complete = await CommandLineRun.OfAsync(new FakeApplication(), ["complete", "--", .. words]);

        Assert.Equal((0, ""), (complete.ExitCode, complete.Error));
        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            complete.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t')[0]));
    }

    [Fact]
    public async Task Runs_steps_and_tasks_of_the_datastore_are_offered()
    {
        var run = await _store.AddRunAsync("7");
        await _store.AddTaskAsync(run, "only", "42", new Dictionary<string, object?>());

        Assert.Equal(["scrub", "latest/", "latest-failed/", "7/"], await WordsAsync("logs", ""));
        Assert.Equal(["7/only"], await WordsAsync("dump", "7/o"));
        Assert.Equal(["7/only/42"], await WordsAsync("dump", "7/only/"));
        Assert.Equal(["latest", "latest-failed", "7"], await WordsAsync("diff", "7", ""));
        Assert.Equal(["7"], await WordsAsync("tag", "add", "--run-id", "7"));
        Assert.Empty(await WordsAsync("dump", "99/only/"));
    }

    [Fact]
    public async Task Options_are_described_and_hidden_ones_left_out()
    {
        var complete = await CommandLineRun.OfAsync(new FakeApplication(), "complete", "--", "run", "--");

        Assert.Contains("--max-workers\tMaximum number of tasks that run at the same time.\n", complete.Out);
        Assert.Contains("--no-cache\tThe opposite of '--cache'.\n", complete.Out);
        Assert.DoesNotContain("pylint", complete.Out);
    }

    [Fact]
    public async Task A_new_word_can_be_asked_for_where_an_empty_one_is_lost()
        => Assert.Equal(
            await WordsAsync("tag", ""),
            (await _store.ExecuteAsync("complete", "--new-word", "--", "tag")).Out.Split('\n')[..^1]
                .Select(static line => line.Split('\t')[0]));

    [Theory]
    [InlineData("bash", "complete -o default -F _metaflow_flow_cs 'flow.cs' 'flow'")]
    [InlineData("zsh", "compdef _metaflow_flow_cs 'flow.cs' 'flow'")]
    [InlineData("fish", "for program in 'flow.cs' 'flow'")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName 'flow.cs', 'flow' -ScriptBlock {")]
    public async Task The_script_names_the_program(string shell, string line)
    {
        var script = await CommandLineRun.OfAsync(new FakeApplication(), "completion", shell);

        Assert.Equal((0, ""), (script.ExitCode, script.Error));
        Assert.Contains(line + "\n", script.Out);
        Assert.DoesNotContain("COMMAND completion", script.Out);
    }

    [Fact]
    public async Task There_is_no_script_for_other_shells()
    {
        var script = await CommandLineRun.OfAsync(new FakeApplication(), "completion", "bahs");

        Assert.Equal((2, ""), (script.ExitCode, script.Out));
        Assert.Contains("Error: Invalid value for 'SHELL': there is no 'bahs'. Did you mean 'bash'? [MF2004]", script.Error);
    }

    public void Dispose() => _store.Dispose();

    private async Task<IEnumerable<string>> WordsAsync(params string[] words)
        => (await _store.ExecuteAsync(["complete", "--", .. words])).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('\t')[0]);
}
