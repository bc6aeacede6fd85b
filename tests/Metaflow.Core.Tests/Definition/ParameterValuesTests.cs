using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Core.Tests.Definition;

public sealed class ParameterValuesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_given_beats_the_environment_which_beats_the_default()
    {
        var flow = Flow(
            Parameter("z", typeof(int), 1),
            Parameter("b_c", typeof(int), 2),
            Parameter("a", typeof(int), 3),
            Parameter("none", typeof(string)));

        var values = ParameterValues.Resolve(
            flow,
            new Dictionary<string, string> { ["z"] = "10" },
            new Dictionary<string, string> { ["METAFLOW_RUN_Z"] = "100", ["METAFLOW_RUN_B_C"] = "20", ["METAFLOW_RUN_A"] = "" });

        Assert.Equal([new("z", 10), new("b_c", 20), new("a", 3), new("none", null)], values);
    }

    [Fact]
    public void A_name_may_be_given_as_the_option_spells_it()
        => Assert.Equal(7, Resolve(Flow(Parameter("b_c", typeof(int))), ("b-c", "7"))["b_c"]);

    [Fact]
    public void All_that_is_missing_is_reported_together()
    {
        var flow = Flow(
            Parameter("first", typeof(int)) with { IsRequired = true }, Parameter("second", typeof(int)) with { IsRequired = true });

        var error = Assert.Throws<ConfigurationException>(() => Resolve(flow));

        Assert.Equal((ErrorCodes.MissingParameter, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Equal("Missing options '--first', '--second'.", error.What);
        Assert.Equal("Missing option '--second'.", Assert.Throws<ConfigurationException>(() => Resolve(flow, ("first", "1"))).What);
    }

    [Fact]
    public void Several_wrong_values_are_reported_together()
    {
        var error = Assert.Throws<ConfigurationException>(
            () => Resolve(Flow(Parameter("a", typeof(int)), Parameter("b", typeof(bool))), ("a", "x"), ("b", "maybe")));

        Assert.Contains("'--a': 'x'", error.Message);
        Assert.Contains("'--b': 'maybe'", error.Message);
    }

    [Fact]
    public void A_wrong_value_names_the_variable_that_gives_it_and_is_shown_in_part()
    {
        var variables = new Dictionary<string, string> { ["METAFLOW_RUN_A"] = new string('9', 100_000) };
        var error = Assert.Throws<ConfigurationException>(() => ParameterValues.Resolve(
            Flow(Parameter("a", typeof(int))), new Dictionary<string, string>(), variables));
        Assert.StartsWith("Invalid value for the environment variable 'METAFLOW_RUN_A': '999", error.What, StringComparison.Ordinal);
        Assert.DoesNotContain("--a", error.What, StringComparison.Ordinal);
        Assert.Contains("unset it", error.Fix, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 200, 800);
    }

    [Fact]
    public void A_parameter_that_does_not_exist_is_refused_with_a_suggestion()
    {
        var error = Assert.Throws<ConfigurationException>(() => Resolve(Flow(Parameter("alpha", typeof(int))), ("alhpa", "1")));

        Assert.Equal((ErrorCodes.UnknownParameter, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains("Did you mean 'alpha'?", error.Message);
    }

    [Fact]
    public void A_default_is_computed_once_and_only_when_nothing_is_given()
    {
        var calls = 0;
        var flow = Flow(Parameter("a", typeof(int)) with { HasDefault = true, ComputeDefault = () => ++calls });

        Assert.Equal(5, Resolve(flow, ("a", "5"))["a"]);
        ParameterValues.Check(flow, new Dictionary<string, string>(), new Dictionary<string, string>());
        Assert.Equal(0, calls);
        Assert.Equal(1, Resolve(flow)["a"]);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void A_default_that_cannot_be_computed_names_its_parameter()
    {
        var flow = Flow(Parameter("a", typeof(int)) with
        {
            HasDefault = true,
            ComputeDefault = static () => throw new TimeoutException("too late"),
        });

        var error = Assert.Throws<ConfigurationException>(() => Resolve(flow));

        Assert.Equal((ErrorCodes.ComputedDefaultFailed, ExitCodes.Failure), (error.Code, error.ExitCode));
        Assert.Contains("parameter 'a'", error.What);
        Assert.Contains("System.TimeoutException: too late", error.Why);
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    public static TheoryData<Type, object, object> Defaults { get; } = new()
    {
        { typeof(decimal), "0.10", 0.10m },
        { typeof(decimal), 2, 2m },
        { typeof(double), 5, 5.0 },
        { typeof(long?), 5, 5L },
        { typeof(DateOnly), "2026-01-31", new DateOnly(2026, 1, 31) },
        { typeof(List<string>), new[] { "a", "b" }, new List<string> { "a", "b" } },
        { typeof(string), "x", "x" },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public void A_default_is_a_constant_or_the_text_of_the_command_line(Type type, object given, object expected)
        => Assert.Equal(expected, Resolve(Flow(Parameter("a", type, given)))["a"]);

    [Theory]
    [InlineData(typeof(int), "many")]
    [InlineData(typeof(DateOnly), 5)]
    public void A_default_of_another_type_is_the_authors_error(Type type, object value)
    {
        var error = Assert.Throws<ConfigurationException>(() => Resolve(Flow(Parameter("a", type, value))));

        Assert.Equal((ErrorCodes.InvalidDefault, ExitCodes.Failure), (error.Code, error.ExitCode));
    }

    [Fact]
    public void An_included_file_is_its_absolute_path()
    {
        var beside = Path.Combine(_folder.FullName, "default.csv");
        var working = Path.Combine(_folder.CreateSubdirectory("work").FullName, "given.csv");
        File.WriteAllText(beside, "");
        File.WriteAllText(working, "");
        var flow = Flow(Parameter("data", typeof(string), "default.csv") with { IncludeFile = new(true, "utf-8") });
        var nothing = new Dictionary<string, string>();

        Assert.Equal(beside, ParameterValues.Resolve(flow, nothing, nothing, "/")["data"]);
        Assert.Equal(
            working,
            ParameterValues.Resolve(
                flow, new Dictionary<string, string> { ["data"] = "given.csv" }, nothing, Path.GetDirectoryName(working))["data"]);
    }

    [Theory]
    [InlineData("missing.csv")]
    [InlineData("~/no/such/file")]
    public void A_file_that_is_missing_is_a_usage_error_with_its_path(string path)
    {
        var given = Flow(Parameter("data", typeof(string)) with { IncludeFile = new(true, "utf-8") });
        var byDefault = Flow(Parameter("data", typeof(string), path) with { IncludeFile = new(true, "utf-8") });

        var error = Assert.Throws<ConfigurationException>(() => Resolve(given, ("data", path)));

        Assert.Equal((ErrorCodes.IncludeFileNotFound, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains(Path.GetFileName(path), error.What);
        Assert.DoesNotContain('~', error.What);
        Assert.Equal(ErrorCodes.IncludeFileNotFound, Assert.Throws<ConfigurationException>(() => Resolve(byDefault)).Code);
    }

    [Theory]
    [InlineData("", "the value is empty.", "It is not the name of a file.")]
    [InlineData("s3://x/y", "could not open 's3://x/y'.", "The program has no store for such addresses.")]
    [InlineData("/", "could not open file '/'.", "It is a folder.")]
    public void What_is_no_file_is_told_apart_from_one_that_is_missing(string text, string what, string why)
    {
        var flow = Flow(Parameter("data", typeof(string)) with { IncludeFile = new(true, "utf-8") });

        var error = Assert.Throws<ConfigurationException>(() => Resolve(flow, ("data", text)));

        Assert.Equal((ErrorCodes.IncludeFileNotFound, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Equal(("Invalid value for '--data': " + what, why), (error.What, error.Why));
    }

    private static IReadOnlyDictionary<string, object?> Resolve(FlowDefinition flow, params (string Name, string Text)[] given)
        => ParameterValues.Resolve(flow, given.ToDictionary(static g => g.Name, static g => g.Text), new Dictionary<string, string>());

    private static ParameterDefinition Parameter(string name, Type type, object? value = null) => new()
    {
        Name = name,
        MemberName = name,
        ValueType = type,
        TypeName = type.Name,
        HasDefault = value is not null,
        Default = value,
    };

    private FlowDefinition Flow(params ParameterDefinition[] parameters) => new()
    {
        FlowName = "F",
        SourceFile = Path.Combine(_folder.FullName, "flow.cs"),
        Graph = new FlowGraph("F", []),
        Parameters = parameters,
    };
}
