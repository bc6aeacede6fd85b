namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Steps whose environment is looked up when a task starts.</summary>
public sealed class FetchedEnvironmentTests : IDisposable
{
    private const string Program = """
        using Acme;

        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<FetchedFlow>(args);
        }

        public partial class FetchedFlow : FlowSpec
        {
            [Parameter(Default = "old")]
            public partial string Which { get; }

            [Step, NuGet("Acme.Lib", "1.0.0")]
            Transition Start() => Next(Higher);

            [Step, NuGet("Acme.Lib", "3.0.0")]
            Transition Higher() => Next(Fan);

            [Step]
            Transition Fan() => Next(Train, forEach: new[] { 1, 2, 3 });

            [Step, NamedEnvironment("team/@{METAFLOW_STEP_NAME}-@{METAFLOW_INIT_WHICH}:v1", FetchAtExec = true)]
            Transition Train()
            {
                Console.WriteLine($"train: {Lib.Text}");
                return Next(Join);
            }

            [Step]
            Transition Join(Inputs<FetchedFlow> inputs) => Next(End);

            [Step]
            void End() => Console.WriteLine($"end: {Lib.Text}");
        }
        """;

    private readonly VersionsProgram _program = new(Program);

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task The_parameter_of_a_run_chooses_the_environment_of_its_tasks()
    {
        (await _program.RunAsync("environment", "resolve", "start", "--alias", "team/train-old:v1")).Succeeded();
        (await _program.RunAsync("environment", "resolve", "higher", "--alias", "team/train-new:v1")).Succeeded();

        var old = (await _program.RunAsync("run")).Succeeded();
        var chosen = (await _program.RunAsync("run", "--which", "new")).Succeeded();

        Assert.Equal(3, Count(old.Output, "train: acme 1.0.0"));
        Assert.Equal(3, Count(chosen.Output, "train: acme 3.0.0"));
        Assert.Contains("end: acme 2.0.0", chosen.Output, StringComparison.Ordinal);
        var run = _program.Place.Client().Flow("FetchedFlow").LatestRun!;
        Assert.All(run.Step("train").Tasks, task => Assert.Equal(
            run.Step("higher").Task!.MetadataDictionary["conda_env_id"], task.MetadataDictionary["conda_env_id"]));
    }

    [Fact]
    public async Task An_environment_that_is_missing_fails_the_task_and_a_resume_finds_it_later()
    {
        var missing = await _program.RunAsync("run", "--which", "new");
        (await _program.RunAsync("environment", "resolve", "higher", "--alias", "team/train-new:v1")).Succeeded();
        var resumed = (await _program.RunAsync("resume")).Succeeded();

        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("'team/train-new:v1' for", missing.All, StringComparison.Ordinal);
        Assert.Contains("MF7039", missing.All, StringComparison.Ordinal);
        Assert.Equal(3, Count(resumed.Output, "train: acme 3.0.0"));
    }

    [Fact]
    public async Task The_tasks_own_variables_come_before_those_of_the_process()
    {
        (await _program.RunAsync("environment", "resolve", "start", "--alias", "team/train-old:v1")).Succeeded();
        _program.Place.Environment["METAFLOW_INIT_WHICH"] = "other";
        _program.Place.Environment["METAFLOW_STEP_NAME"] = "outer";

        var run = (await _program.RunAsync("run")).Succeeded();

        Assert.Equal(3, Count(run.Output, "train: acme 1.0.0"));
    }

    [Fact]
    public async Task Results_are_not_taken_from_earlier_runs_because_the_packages_are_not_known_before()
    {
        (await _program.RunAsync("environment", "resolve", "start", "--alias", "team/train-old:v1")).Succeeded();
        (await _program.RunAsync("environment", "resolve", "higher", "--alias", "team/train-new:v1")).Succeeded();
        (await _program.RunAsync("run")).Succeeded();

        var cached = (await _program.RunAsync("run", "--cache", "--which", "new")).Succeeded();
        var resumed = (await _program.RunAsync("resume", "--rerun-changed")).Succeeded();

        Assert.Equal(3, Count(cached.Output, "train: acme 3.0.0"));
        Assert.Equal(3, Count(resumed.Output, "train: acme 3.0.0"));
    }

    [Fact]
    public async Task A_variable_that_no_task_can_have_is_named_before_the_run()
    {
        using var program = new VersionsProgram(Program.Replace("METAFLOW_INIT_WHICH", "METAFLOW_INIT_WICH", StringComparison.Ordinal));

        var run = await program.RunAsync("run");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'METAFLOW_INIT_WICH', which is not set. It stands for a parameter", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Task is starting", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_without_packages_gets_no_name()
    {
        var refused = await _program.RunAsync("environment", "resolve", "end", "--alias", "team/none:v1");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("The environments get no name.", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_resolved_before_is_shown_and_left_out()
    {
        var shown = (await _program.RunAsync("environment", "show", "train")).Succeeded();
        var resolved = (await _program.RunAsync("environment", "resolve", "train")).Succeeded();
        (await _program.RunAsync("check")).Succeeded();

        const string Name = "'team/@{METAFLOW_STEP_NAME}-@{METAFLOW_INIT_WHICH}:v1'";
        Assert.Contains($"Step train: looks up {Name} when a task starts", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"Step 'train' looks up {Name} when a task starts", resolved.All, StringComparison.Ordinal);
        Assert.DoesNotContain("No step asks", resolved.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nuget:id=Acme.More,version=1.0.0", "asks for further packages")]
    [InlineData("nuget_sources:sources=/feed", "asks for further packages")]
    [InlineData("named_env:fetch_at_exec=true", "names none")]
    public async Task A_step_that_looks_its_environment_up_asks_for_nothing_else(string decorator, string problem)
    {
        var refused = await _program.RunAsync("run", "--with", decorator);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(problem, refused.Errors, StringComparison.Ordinal);
        Assert.Contains("MF7106", refused.Errors, StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
