using System.Globalization;
using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

/// <summary>Every option of every command that takes a number, a size or an age: whatever is given is taken, or refused with the
/// range.</summary>
public sealed class LimitTests : IDisposable
{
    private static readonly string[] Values =
    [
        "0", "1", "-1", "+1", "007", "2147483647", "2147483648", "99999999999", "-9223372036854775809", "1e3", "1e400", "nan", "inf", "",
        " ", "1.5", "0x10", "1_000", "99999999999d", "0d", "1.5d", "30D", "1 d", "d", "-1d", "nand", "1e5d", "0m", "100000d", "100001d",
        "14286w", "2w", "90m", "12h",
        new string('9', 400),
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-limits-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static TheoryData<string, string> Limits
    {
        get
        {
            var limits = new TheoryData<string, string>();
            var names = FlowCommands.Names
                .SelectMany(static name => FlowCommands.Specify(name).Subcommands.Select(static command => command.Name).Prepend(name));
            foreach (var name in names)
            {
                foreach (var option in FlowCommands.Specify(name).Options
                    .Where(static option => option.Parameter is null && option.Choices.Count == 0
                        && option.ValueName is "integer" or "age" or "number" or "MB"))
                {
                    limits.Add(name, option.Name);
                }
            }

            return limits;
        }
    }

    [Fact]
    public void No_option_of_a_limit_is_missed()
    {
        // Whoever adds an option of another kind says here that it is no number.
        var others = new[]
        {
            "name", "text", "path", "state", "decorator", "format", "step", "run", "run id", "name=value", "local", "name path",
            "name value", "run-id", "name=json", "name,name…", "csharp|json|text|python", "text|mermaid|dot|json", "place",
        };
        var kinds = FlowCommands.Names.SelectMany(static name => FlowCommands.Specify(name).Options)
            .Where(static option => option.Parameter is null).Select(static option => option.ValueName ?? "text");
        Assert.Empty(kinds.Distinct().Except([.. others, "integer", "age", "number", "MB"]));
        Assert.Contains(Limits, static limit => limit.Data is ("run", "max-workers"));
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task A_limit_is_taken_or_refused_with_its_range(string command, string option)
    {
        foreach (var value in Values)
        {
            var application = new FakeApplication
            {
                Settings = new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(_root), Namespace = "user:ada" },
            };
            var specification = FlowCommands.Specify(command);
            string[] arguments =
            [
                .. command.Split(' '), .. specification.Arguments.Take(specification.RequiredArguments).Select(static _ => "7/start"),
                $"--{option}={value}",
            ];
            var run = await CommandLineRun.OfAsync(application, arguments);
            Assert.DoesNotContain(ErrorCodes.InternalFault, run.Error, StringComparison.Ordinal);
            Assert.InRange(run.ExitCode, 0, 2);
            if (run.Error.Contains($"'--{option}'", StringComparison.Ordinal))
            {
                Assert.Equal(2, run.ExitCode);
                Assert.Contains($"[{ErrorCodes.InvalidValue}]", run.Error, StringComparison.Ordinal);
                Assert.Matches("from '?[01]m?'? to|with a unit: '90m'|or more", run.Error);
                Assert.True(run.Error.Length < 1000, run.Error);
            }
            else
            {
                Assert.True(value is "0" or "1" or "+1" or "007" or "2147483647" || value.EndsWith('d') || value.EndsWith('h')
                    || value.EndsWith('m') || value.EndsWith('w'), $"{value} is taken: {run.Error}");
            }
        }
    }

    [Theory]
    [InlineData("99999999999d", "'99999999999d' is longer than 100000 days. Give an age from '0m' to '100000d'.")]
    [InlineData("30D", "'30D' is not an age. Give a number with a unit: '90m', '12h', '1.5d' or '2w'.")]
    [InlineData("1 d", "'1 d' is not an age.")]
    public async Task An_age_says_what_is_wrong_with_it(string value, string message)
    {
        var run = await CommandLineRun.OfAsync(new FakeApplication(), "gc", "--older-than", value);
        Assert.Contains($"Invalid value for '--older-than': {message}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_too_large_is_no_typing_error()
    {
        var run = await CommandLineRun.OfAsync(new FakeApplication(), "run", "--max-log-size", "99999999999");
        Assert.Contains(
            "'--max-log-size': 99999999999 is larger than 2147483647. Use a whole number from 1 to 2147483647.",
            run.Error,
            StringComparison.Ordinal);
    }
}
