using System.Globalization;
using Metaflow;
using Metaflow.Testing;

namespace PluginNamespace.Tests;

// A store, a metadata provider or a launcher is tested by a suite: derive a class from one in Metaflow.Testing.Conformance.
public sealed class TimedTests
{
    [Fact]
    public async Task The_time_of_a_step_is_kept_with_its_task()
    {
        var run = await FlowTest.RunAsync<PausingFlow>();

        Assert.True(run.Succeeded);
        var seconds = run.Tasks("start")[0].Untyped.MetadataDictionary["timed-seconds"];
        Assert.InRange(double.Parse(seconds, CultureInfo.InvariantCulture), 0.05, 30);
        Assert.DoesNotContain("timed-seconds", run.Tasks("end")[0].Untyped.MetadataDictionary.Keys);
    }

    [Fact]
    public async Task The_command_line_attaches_it_to_every_step()
    {
        var run = await FlowTest.RunAsync<PausingFlow>(options: new FlowTestOptions { With = ["timed"] });

        Assert.Contains("timed-seconds", run.Tasks("end")[0].Untyped.MetadataDictionary.Keys);
    }
}

/// <summary>Waits in its first step.</summary>
public sealed partial class PausingFlow : FlowSpec
{
    [Step, Timed]
    private async Task<Transition> Start()
    {
        await Task.Delay(60);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
