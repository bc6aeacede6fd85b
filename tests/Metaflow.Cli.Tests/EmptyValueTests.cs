using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

/// <summary>Options with the empty text, which a script writes whose variable is not set: none of them means something else
/// silently.</summary>
public sealed class EmptyValueTests : IDisposable
{
    /// <summary>What commands need beside their options.</summary>
    private static readonly Dictionary<string, string[]> Arguments = new(StringComparer.Ordinal)
    {
        ["debug stacks"] = ["latest"],
        ["diff"] = ["1", "2"],
        ["dump"] = ["1/start"],
        ["logs"] = ["1/start"],
        ["logs scrub"] = ["1/start"],
        ["spin"] = ["only"],
        ["tag add"] = ["x"],
        ["tag remove"] = ["x"],
    };

    private readonly SampleStore _store = new();

    public static TheoryData<string, string> Options()
    {
        using var store = new SampleStore();
        using var interruption = new RunInterruption();
        var streams = new ConsoleStreams { Out = TextWriter.Null, Error = TextWriter.Null };
        var host = new FlowCommandHost(store.Application, streams, interruption, new PluginRegistry());
        var data = new TheoryData<string, string>();
        foreach (var command in host.Commands.Names)
        {
            foreach (var option in host.Specify(command)!.Options.Concat(command is "run" or "runs" ? host.CommonOptions : []))
            {
                if (option is { ValueName: not null, Parameter: null, IsHidden: false })
                {
                    data.Add(command, option.Dashed);
                }
            }
        }

        return data;
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Options))]
    public async Task An_option_with_the_empty_text_is_refused(string command, string option)
    {
        var run = await _store.ExecuteAsync([.. command.Split(' '), .. Arguments.GetValueOrDefault(command, []), option, ""]);
        Assert.True(run.ExitCode == ExitCodes.Usage, $"exit code {run.ExitCode}\n{run.Out}\n{run.Error}");
        Assert.Matches(@"\[MF2\d\d\d\]", run.Error);
        Assert.True(run.Error.Contains(option, StringComparison.Ordinal), run.Error);
    }

    [Theory]
    [InlineData("tag", "add", "--run-id", "1", "")]
    [InlineData("tag", "remove", "--run-id", "1", "x", " ")]
    [InlineData("tag", "replace", "--run-id", "1", "x", "")]
    [InlineData("help", "")]
    [InlineData("completion", "")]
    [InlineData("logs", "")]
    [InlineData("dump", "")]
    [InlineData("resume", "")]
    [InlineData("diff", "", "1")]
    public async Task An_argument_that_is_empty_is_refused(params string[] arguments)
    {
        var run = await _store.ExecuteAsync(arguments);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Matches(@"\[MF\d\d\d\d\]", run.Error);
    }
}
