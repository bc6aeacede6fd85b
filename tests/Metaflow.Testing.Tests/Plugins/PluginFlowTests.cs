using Metaflow.Configs;
using Metaflow.Errors;

namespace Metaflow.Testing.Tests.Plugins;

/// <summary>Flows that use the parts of a plug-in which their program references.</summary>
public sealed class PluginFlowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-plugged-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_tasks_of_a_flow_that_code_runs_have_the_decorators_back_ends_and_formats_of_plug_ins()
    {
        var file = Path.Combine(_folder, "limits.lines");
        File.WriteAllText(file, "width: 7\nheight: 8\n");

        // The one is for tasks, and reaches them from a file; the other is not.
        Directory.CreateDirectory(Path.Combine(_folder, ".metaflow"));
        File.WriteAllText(
            Path.Combine(_folder, ".metaflow", "config.json"), """{ "METAFLOW_GAUGE_LIMIT": 3, "METAFLOW_GAUGE_COLOUR": "red" }""");
        var run = await FlowRunner.RunAsync<PluggedFlow>(Options("gauge:level=5", "secrets:sources=locker.red") with
        {
            Isolation = TaskIsolation.Process,
            WorkingFolder = _folder,
            Parameters = new { lines = "/\\" },
            Configs = new ConfigRequest { Files = new Dictionary<string, string> { ["limits"] = file } },
        });
        Assert.Equal("3, of the package: red, 7/\\", run.EnsureSucceeded().Data.Seen);
        Assert.Equal("/\\", run.Data.Drawing!.Lines);
        Assert.Equal("drawing-v1", run.Handle.Tasks("start")[0].Untyped.Artifact("drawing").Encoding);
    }

    [Fact]
    public async Task The_decorators_and_back_ends_that_an_author_writes_are_found_by_their_names()
    {
        var run = await FlowRunner.RunAsync<PluggedFlow>(Options("own_gauge:level=4", "secrets:sources=drawer.blue"));
        Assert.Equal("own 4, of the author: blue, 0", run.EnsureSucceeded().Data.Seen);
        var named = await FlowRunner.RunAsync<PluggedFlow>(Options(typeof(OwnGaugeAttribute).FullName + ":level=5"));
        Assert.Equal("own 5, , 0", named.EnsureSucceeded().Data.Seen);
    }

    [Theory]
    [InlineData("gage", ErrorCodes.UnknownDecorator, "Did you mean 'gauge'?")]
    [InlineData("gauge:levl=3", ErrorCodes.UnknownDecorator, "Did you mean 'level'?")]
    [InlineData("fleet", ErrorCodes.UnknownDecorator, "Write [Fleet] on the flow's class.")]
    [InlineData("project", ErrorCodes.UnknownDecorator, "Write [Project] on the flow's class.")]
    [InlineData(
        "secrets:sources=lockr.red", "MF1092",
        "This program has 'environment', 'file', 'inline', 'locker', 'drawer'. You can write another one")]
    public async Task What_no_plug_in_has_is_refused_with_what_they_have(string with, string code, string named)
    {
        var error = await Assert.ThrowsAnyAsync<MetaflowException>(() => FlowRunner.RunAsync<PluggedFlow>(Options(with)));
        Assert.Equal(code, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_of_a_plug_in_that_does_not_fit_is_refused_with_what_it_says_and_where_it_is_set()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".metaflow"));
        var file = Path.Combine(_folder, ".metaflow", "config.json");
        File.WriteAllText(file, """{ "METAFLOW_GAUGE_LIMIT": "many" }""");
        var error = await Assert.ThrowsAsync<ConfigurationException>(
            () => FlowRunner.RunAsync<PluggedFlow>(Options() with { WorkingFolder = _folder }));
        Assert.Equal((ErrorCodes.InvalidSetting, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Equal("The setting 'METAFLOW_GAUGE_LIMIT' cannot be 'many'.", error.What);
        Assert.Equal(
            $"It is the most that gauges show. It must be a whole number from 0 to 2147483647. It is set in the file '{file}'.",
            error.Why);
        Assert.EndsWith("Without it, '100' counts.", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_test_takes_the_word_of_an_encoding_for_what_is_read_back()
    {
        var run = await FlowTest.RunAsync<PluggedFlow>(new { lines = "/\\" });
        Assert.Equal("/\\", run.Data.Drawing!.Lines);
    }

    [Fact]
    public async Task A_failing_encoding_of_a_plug_in_is_named_and_fails_the_step()
    {
        var run = await FlowRunner.RunAsync<PluggedFlow>(Options() with { Parameters = new { lines = "broken" } });
        Assert.False(run.Succeeded);
        Assert.Contains(
            "'drawing-v1' failed with 'drawing'. It threw InvalidOperationException: the pen is dry",
            run.Error!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decorators_of_the_settings_are_found_too()
    {
        var run = await FlowRunner.RunAsync<PluggedFlow>(
            Options() with { Settings = new Dictionary<string, string> { ["METAFLOW_DEFAULT_DECOSPECS"] = "gauge:level=9" } });
        Assert.Equal("9, , 0", run.EnsureSucceeded().Data.Seen);
    }

    private FlowRunOptions Options(params string[] with)
        => new() { DatastoreRoot = _folder, Isolation = TaskIsolation.InProcess, With = with };
}

internal sealed record Limits(int Width = 0, int Height = 0);

internal sealed partial class PluggedFlow : FlowSpec
{
    [Config]
    public partial Limits? Limits { get; }

    public partial string Seen { get; set; }

    public partial Drawing? Drawing { get; set; }

    [Parameter]
    public partial string? Lines { get; }

    [Step]
    public Transition Start()
    {
        Seen = $"{Environment.GetEnvironmentVariable("GAUGE")}, {Environment.GetEnvironmentVariable("LOCKED")}, {Limits?.Width ?? 0}";
        Drawing = Lines is null ? null : new Drawing(Lines);
        return Next(End);
    }

    [Step]
    public void End() => Seen += Drawing?.Lines;
}
