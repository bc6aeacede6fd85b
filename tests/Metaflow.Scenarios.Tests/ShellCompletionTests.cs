using System.Diagnostics;

namespace Metaflow.Scenarios.Tests;

/// <summary>The scripts of 'completion' in the shells that they are for.</summary>
public sealed class ShellCompletionTests : IDisposable
{
    private const string Function = "_metaflow_Metaflow_Scenarios_Flows";
    private readonly Workplace _place = new();

    [Theory]
    [InlineData("run --max-w", "--max-workers")]
    [InlineData("run --multiplier=", "")]
    [InlineData("tag ", "add|remove|replace|list")]
    [InlineData("--datastore=l", "local")]
    [InlineData("output-", "output-dot|output-raw")]
    public async Task Bash_completes(string line, string expected)
    {
        await WriteScriptAsync("bash");

        var words = await ShellAsync(
            "bash", "-c",
            $"source ./script && COMP_LINE=\"$1 {line}\" && COMP_POINT=${{#COMP_LINE}} && {Function} "
                + $"&& printf '%s\\n' \"${{COMPREPLY[@]}}\"", "-", FlowsProgram.File);

        Assert.Equal(expected, string.Join('|', words));
    }

    [Fact]
    public async Task Bash_registers_the_function()
    {
        await WriteScriptAsync("bash");

        Assert.Equal(
            [$"complete -o default -F {Function} Metaflow.Scenarios.Flows"],
            await ShellAsync("bash", "-c", "source ./script && complete -p Metaflow.Scenarios.Flows"));
    }

    [Theory]
    [InlineData("run --max-w", "--max-workers")]
    [InlineData("tag a", "add")]
    [InlineData("--datastore=l", "--datastore=local")]
    public async Task Fish_completes(string line, string expected)
    {
        await WriteScriptAsync("fish");

        var words = await ShellAsync("fish", "--no-config", "-c", $"source ./script; complete -C \"{FlowsProgram.File} {line}\"");

        Assert.Equal(expected, string.Join('|', words.Select(static word => word.Split('\t')[0])));
    }

    // What zsh's editor defines is played here: the function adds its words by 'compadd'.
    [Theory]
    [InlineData("'run' '--max-w'", "-l -d texts -- --max-workers")]
    [InlineData("'logs' ''", "-S  -- latest/ ")]
    public async Task Zsh_completes(string line, string expected)
    {
        await _place.SucceedAsync("LinearFlow");
        await WriteScriptAsync("zsh");

        var words = await ShellAsync(
            "zsh", "-fc",
            $"compdef() {{ :; }}; compadd() {{ print -r -- \"$@\"; }}; source ./script; words=(\"$1\" {line}); CURRENT=3; {Function}", "-",
            FlowsProgram.File);

        Assert.StartsWith(expected, words[0], StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();

    private async Task WriteScriptAsync(string shell)
    {
        var script = (await _place.RunAsync("LinearFlow", "completion", shell)).Succeeded();
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "script"), script.Output, TestContext.Current.CancellationToken);
    }

    private async Task<IReadOnlyList<string>> ShellAsync(string shell, params string[] arguments)
    {
        var path = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, shell)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"There is no {shell} on this machine.");
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = _place.Folder };
        start.Environment["SCENARIO_FLOW"] = "LinearFlow";
        start.Environment["HOME"] = _place.Folder;
        using var process = new FlowProcess(start);
        var outcome = await process.EndAsync();
        Assert.True(outcome.Errors.Length == 0, outcome.Errors);
        return outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
