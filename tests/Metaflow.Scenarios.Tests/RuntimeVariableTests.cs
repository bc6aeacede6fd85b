using Metaflow.Client;

namespace Metaflow.Scenarios.Tests;

/// <summary>The runtime of a task is given variables with which it starts faster. Neither the step nor what it starts meets them, and the
/// author's own count.</summary>
public sealed class RuntimeVariableTests : IDisposable
{
    private const string Name = "DOTNET_EnableWriteXorExecute";
    private readonly Workplace _place = new() { Removed = { Name } };

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_task_starts_with_variables_of_the_runtime_that_nothing_it_starts_inherits()
    {
        (await _place.RunAsync("RuntimeVariablesFlow", "run")).Succeeded();

        var start = DataOf("start");
        Assert.Contains($"{Name}=0", start.Get<List<string>>("at_start"));
        Assert.Empty(start.Get<List<string>>("in_the_step"));
        Assert.Empty(start.Get<List<string>>("in_processes"));
        Assert.Empty(start.Get<List<string>>("in_native_processes"));
        AssertHas("own", $"{Name}=1");
    }

    [Theory]
    [InlineData(Name, "1")]
    [InlineData("COMPlus_EnableWriteXorExecute", "1")]
    [InlineData(Name, "0")]
    public async Task What_the_author_has_set_stays_and_is_inherited(string name, string value)
    {
        _place.Environment[name] = value;

        (await _place.RunAsync("RuntimeVariablesFlow", "run")).Succeeded();

        AssertHas("start", $"{name}={value}");
    }

    private void AssertHas(string step, string only)
    {
        var data = DataOf(step);
        Assert.Equal(
            [only],
            data.Get<List<string>>("at_start")
                .Where(static variable => variable.Contains("_EnableWriteXorExecute=", StringComparison.Ordinal)));
        Assert.Equal([only], data.Get<List<string>>("in_the_step"));
        Assert.Equal([only], data.Get<List<string>>("in_processes"));
        Assert.Equal([only], data.Get<List<string>>("in_native_processes"));
    }

    private TaskData DataOf(string step) => _place.Client().Flow("RuntimeVariablesFlow").LatestRun!.Step(step).Task!.Data;
}
