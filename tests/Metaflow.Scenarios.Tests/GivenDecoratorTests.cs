using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Scenarios.Tests;

/// <summary>Decorators that the command line adds obey the rules of the source.</summary>
public sealed class GivenDecoratorTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(RuleCodes.TimeoutNotPositive, "timeout")]
    [InlineData(RuleCodes.TimeoutNotPositive, "timeout:seconds=0")]
    [InlineData(RuleCodes.TimeoutNotPositive, "timeout:minutes=1,seconds=-61")]
    [InlineData(RuleCodes.TooManyRetries, "retry:times=100")]
    [InlineData(RuleCodes.TooManyRetries, "retry:times=-1")]
    [InlineData(RuleCodes.RetryWaitInvalid, "retry:times=1,jitter=5")]
    [InlineData(RuleCodes.RetryWaitInvalid, "retry:backoff_factor=NaN")]
    [InlineData(ErrorCodes.CatchOnSplit, "catch")]
    [InlineData(RuleCodes.ResourcesInvalid, "resources:cpu=-1")]
    [InlineData(RuleCodes.ResourcesInvalid, "resources:cpu=Infinity")]
    [InlineData(RuleCodes.EnvironmentVariableInvalid, "environment:vars={\"A=B\":\"x\"}")]
    [InlineData(RuleCodes.EnvironmentVariableInvalid, "environment:vars={\"METAFLOW_USER\":\"x\"}")]
    [InlineData(RuleCodes.SecretsWithoutSource, "secrets:sources=[\"nodot\"]")]
    [InlineData(RuleCodes.SecretsWithoutSource, "secrets:sources=nowhere.id")]
    [InlineData(RuleCodes.SecretsWithoutSource, "secrets")]
    [InlineData(
        RuleCodes.TooManyRetries, "retry:times=${training.note}", "--config-value", "training",
        "{\"name\": \"x\", \"learning_rate\": 1, \"sizes\": [1], \"note\": 100}")]
    [InlineData(ErrorCodes.UnknownDecorator, "retry:times=${training.note}")]
    public async Task A_value_that_the_source_cannot_have_is_refused_before_the_run(string code, string with, params string[] options)
    {
        var outcome = await _place.RunAsync("ConfigFlow", ["run", "--with", with, .. options]);

        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains(code, outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Root, "ConfigFlow", "1")));
        Assert.DoesNotContain("Workflow starting", outcome.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad name")]
    [InlineData("1x")]
    [InlineData("nope")]
    [InlineData("")]
    [InlineData("number")]
    public async Task A_failure_is_stored_in_a_suitable_artifact_only(string variable)
    {
        var outcome = await _place.RunAsync("LinearFlow", "run", "--with", $"catch:var={variable}");

        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains(RuleCodes.CatchVarUnsuitable, outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Root, "LinearFlow", "1")));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("resume")]
    [InlineData("resume", "--dry-run")]
    [InlineData("resume", "--continue", "1")]
    [InlineData("spin", "start")]
    public async Task Every_command_that_takes_decorators_refuses_such_values(params string[] command)
    {
        foreach (var (with, code) in new[]
        {
            ("retry:times=5", RuleCodes.TooManyRetries), ("timeout:seconds=-1", RuleCodes.TimeoutNotPositive),
            ("catch:var=nope", RuleCodes.CatchVarUnsuitable),
        })
        {
            var outcome = await _place.RunAsync("LinearFlow", [.. command, "--with", with]);
            Assert.True(outcome.ExitCode == 2 && outcome.Errors.Contains(code, StringComparison.Ordinal), outcome.All);
        }

        var unknown = await _place.RunAsync("LinearFlow", [.. command, "--with", "nosuch"]);
        Assert.True(unknown.ExitCode == 2 && unknown.Errors.Contains(ErrorCodes.UnknownDecorator, StringComparison.Ordinal), unknown.All);
    }

    [Fact]
    public async Task A_resume_and_a_spin_check_what_a_reference_to_a_configuration_stands_for()
    {
        await _place.SucceedAsync(
            "ConfigFlow", "--config-value", "training", "{\"name\": \"x\", \"learning_rate\": 1, \"sizes\": [1], \"note\": 100}");
        foreach (var command in new[] { new[] { "resume", "end" }, ["resume", "--dry-run"], ["spin", "end"] })
        {
            var outcome = await _place.RunAsync("ConfigFlow", [.. command, "--with", "retry:times=${training.note}"]);
            Assert.True(outcome.ExitCode == 2 && outcome.Errors.Contains(RuleCodes.TooManyRetries, StringComparison.Ordinal), outcome.All);
        }

        _place.Environment["METAFLOW_DEFAULT_DECOSPECS"] = "retry:times=${training.retries}";
        (await _place.RunAsync("ConfigFlow", "run")).Succeeded();
    }

    [Fact]
    public async Task A_run_and_a_spin_say_that_a_step_keeps_its_own_decorator()
    {
        const string Told = "'--with retry' has no effect on the step 'start', which has a decorator 'retry' already.";
        Assert.Contains(Told, (await _place.RunAsync("RetryFlow", "run", "--with", "retry")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains(Told, (await _place.RunAsync("RetryFlow", "spin", "start", "--with", "retry")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_source_can_have_can_be_given()
    {
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "s.env"), "KEY=value", TestContext.Current.CancellationToken);
        (await _place.RunAsync(
            "LinearFlow", "run", "--with", "retry:times=4,jitter=1", "--with", "timeout:minutes=1", "--with", "catch", "--with",
            "resources:cpu=0.5", "--with", "secrets:sources=file.s.env")).Succeeded();
        _place.Environment["METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE"] = "environment";
        _place.Environment["TOKEN"] = "abcdef";
        (await _place.RunAsync("LinearFlow", "check", "--with", "secrets:sources=TOKEN")).Succeeded();
    }
}
