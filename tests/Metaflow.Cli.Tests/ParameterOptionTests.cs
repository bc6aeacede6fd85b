using System.Globalization;
using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Cli.Tests;

/// <summary>Options of parameters and configurations: given several times, shown and typed back, and never in the place of
/// others.</summary>
public sealed class ParameterOptionTests
{
    private static readonly FlowDefinition Lists = SampleFlows.With(
        SampleFlows.Parameter("words", typeof(string[])),
        SampleFlows.Parameter("numbers", typeof(IReadOnlyList<int>)),
        SampleFlows.Parameter("levels", typeof(HashSet<SampleFlows.Level>)),
        SampleFlows.Parameter("parts", typeof(List<string>)) with { Separator = "|" },
        SampleFlows.Parameter("alpha", typeof(double)),
        SampleFlows.Parameter("tables", typeof(List<Dictionary<string, int>>)));

    [Theory]
    [InlineData("words", "a,b", "a", "b")]
    [InlineData("words", "a,b,c", "a,b", "c")]
    [InlineData("words", "a,", "a", "")]
    [InlineData("numbers", "1,2,3", "1", "2,3")]
    [InlineData("levels", "low,very_high", "low", "very_high")]
    [InlineData("parts", "a,b|[c", "a,b", "[c")]
    [InlineData("alpha", "2", "1", "2")]
    [InlineData("words", "[\"a\"]", "[\"a\"]")]
    public async Task Each_value_of_a_list_adds_its_items(string name, string expected, params string[] values)
    {
        var application = new FakeApplication { Definition = Lists };
        var run = await CommandLineRun.OfAsync(application, ["run", .. values.SelectMany(value => new[] { $"--{name}", value })]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error.Contains("MF", StringComparison.Ordinal) ? run.Error : ""));
        Assert.Equal(expected, Assert.Single(application.Runs).Request.Parameters[name]);
    }

    [Theory]
    [InlineData("words", "[\"a\"]", "b")]
    [InlineData("numbers", "1", "[2]")]
    [InlineData("tables", "[{\"a\":1}]", "[{\"a\":2}]")]
    public async Task Lists_whose_items_cannot_be_told_apart_are_refused(string name, string first, string second)
    {
        var run = await CommandLineRun.OfAsync(new FakeApplication { Definition = Lists }, "run", $"--{name}", first, $"--{name}", second);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            $"Invalid value for '--{name}': it is given 2 times, and its items cannot be told apart. Give it once, as a JSON list,",
            run.Error,
            StringComparison.Ordinal);
        Assert.Contains($"[{ErrorCodes.InvalidValue}]", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--config", "c", "a.yaml", "--config", "c", "b.yaml")]
    [InlineData("--config", "c=a.yaml", "--config", "c", "a.yaml")]
    [InlineData("--config-value", "c", "1", "--config-value=c", "2")]
    public async Task A_configuration_that_is_given_twice_is_refused(params string[] options)
    {
        var definition = SampleFlows.Empty with
        {
            Configs = [new() { Name = "c", MemberName = "C", ValueType = typeof(object), TypeName = "object?" }],
        };
        var run = await CommandLineRun.OfAsync(new FakeApplication { Definition = definition }, ["run", .. options]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("The configuration 'c' was given twice by '--config", run.Error, StringComparison.Ordinal);
        Assert.Contains($"[{ErrorCodes.ConfigGivenTwice}]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_parameter_may_have_the_name_of_an_option_of_a_command_that_takes_parameters()
    {
        var commands = FlowCommands.Names.Select(name => FlowCommands.Specify(name, new FakeApplication { Definition = Lists })).ToList();
        var taking = commands.Where(command => command.Options.Any(static option => option.Parameter is not null)).ToList();
        Assert.Equal(["run", "resume", "spin"], taking.Select(command => command.Name));
        var options = taking.SelectMany(command => command.Options).Where(static option => option.Parameter is null)
            .SelectMany(static option => new[] { option.Name, option.Opposite ?? option.Name })
            .Select(static name => name.Replace('-', '_')).Distinct();
        Assert.DoesNotContain(
            options,
            static name => ParameterRules.Check(SampleFlows.With(SampleFlows.Parameter(name, typeof(int))))
                .All(static problem => problem.Code != ErrorCodes.ParameterNameTaken));
    }

    [Fact]
    public async Task A_parameter_that_hides_an_option_of_a_decorator_is_an_error()
    {
        var application = new FakeApplication
        {
            Definition = SampleFlows.With(SampleFlows.Parameter("branch", typeof(string))),
            FlowOptions = [new FlowOption("branch", "The branch.", "text")],
        };
        var run = await CommandLineRun.OfAsync(application, "check");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{ErrorCodes.ParameterNameTaken} error", run.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string> Cultures { get; } = ["invariant", "german", "invented"];

    [Theory]
    [MemberData(nameof(Cultures))]
    public async Task A_default_that_help_shows_gives_the_same_value_when_it_is_typed(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureOf(culture);
        try
        {
            foreach (var value in Values())
            {
                var parameter = SampleFlows.Parameter("value", value.GetType(), "", value);
                var shown = Assert.Single(ParameterOptions.Of(SampleFlows.With(parameter))).Default!;
                foreach (var typed in shown == "--help"
                    ? [[$"--value={shown}"]]
                    : new[] { new[] { "--value", shown }, [$"--value={shown}"] })
                {
                    var application = new FakeApplication { Definition = SampleFlows.With(parameter) };
                    var run = await CommandLineRun.OfAsync(application, ["run", .. typed]);
                    Assert.True(run.ExitCode == 0, $"{value}: {run.Error}");
                    var read = ParameterText.Read(parameter, application.Runs[0].Request.Parameters["value"]);
                    Assert.Equivalent(
                        value is FileSystemInfo path ? path.FullName : value,
                        read is FileSystemInfo file ? file.FullName : read,
                        strict: true);
                }
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static object[] Values() =>
    [
        (sbyte)-5, (byte)5, short.MinValue, ushort.MaxValue, int.MinValue, -1, uint.MaxValue, long.MinValue, ulong.MaxValue, (nint)(-7),
        (nuint)7, Int128.MinValue, UInt128.MaxValue,
        System.Numerics.BigInteger.Parse("-123456789012345678901234567890", CultureInfo.InvariantCulture), Half.MinValue, -1.5f,
        float.Epsilon, -0.1, double.NaN, double.NegativeInfinity,
        double.MaxValue, -12345.6789m, decimal.MinValue, true, false, '-', ' ', ',', new System.Text.Rune(0x1F600), Guid.Empty,
        new Version(1, 2, 3), new Uri("http://h/a%20b?c=1,2"),
        new Uri("a b", UriKind.Relative), new FileInfo("/a b/c,d"), new DirectoryInfo("/tmp/x"),
        new DateTime(2026, 11, 28, 13, 14, 15, DateTimeKind.Utc), new DateTime(2026, 1, 2),
        new DateTimeOffset(2026, 11, 28, 1, 2, 3, TimeSpan.FromHours(-3.5)), new DateOnly(2026, 11, 2), new TimeOnly(23, 59, 58, 999),
        TimeSpan.MinValue, TimeSpan.FromMilliseconds(-1.5), SampleFlows.Level.VeryHigh, new[] { -1.5, double.NaN }, new[] { "a,b", "" },
        new[] { "-x", "[y" }, Array.Empty<int>(), new[] { SampleFlows.Level.Low }, new[] { ',', 'b' }, new[] { new DateOnly(2026, 1, 2) },
        new List<TimeSpan> { TimeSpan.FromDays(-1) }, new Dictionary<string, double> { ["a"] = -1.5, ["\"'"] = 1e300 }, "text", "-5",
        "--help", " a ", "[1]",
        new[] { new[] { 1, -2 }, [] },
    ];

    // The tests run without the system's cultures: what numbers and times are written with differs here as it does there, and more.
    private static CultureInfo CultureOf(string name)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        if (name == "invariant")
        {
            return culture;
        }

        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.DateTimeFormat.ShortDatePattern = "dd.MM.yyyy";
        culture.DateTimeFormat.DateSeparator = ".";
        if (name == "invented")
        {
            culture.NumberFormat.NumberDecimalSeparator = "٫";
            culture.NumberFormat.NegativeSign = "−";
            culture.NumberFormat.PositiveSign = "⁺";
            culture.NumberFormat.NaNSymbol = "no number";
            culture.NumberFormat.NegativeInfinitySymbol = "least";
            culture.DateTimeFormat.DateSeparator = "#";
            culture.DateTimeFormat.TimeSeparator = "h";
            culture.DateTimeFormat.AMDesignator = "vorm";
        }

        return culture;
    }
}
