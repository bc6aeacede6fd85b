using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Running;
using Metaflow.Stores;
using Metaflow.Testing.Tests.Flows;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Flows that run from this test's program, which is no flow program: their tasks run in the task host.</summary>
public sealed class FlowRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-runner-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_tasks_run_in_processes_of_their_own()
    {
        var run = await FlowRunner.RunAsync<ProcessFlow>(
            Options() with { Parameters = new { word = "host" }, Tags = ["nightly"] }, TestContext.Current.CancellationToken);

        Assert.True(run.EnsureSucceeded().Succeeded);
        Assert.Equal(3, run.Data.Processes.Distinct().Count());
        Assert.DoesNotContain(Environment.ProcessId, run.Data.Processes);
        Assert.Equal("Metaflow.TaskHost", run.Data.Program);
        Assert.Equal("host", run.Handle.Tasks("start")[0].Untyped.Stdout.TrimEnd());
        Assert.Contains("nightly", run.Handle.Untyped.UserTags);
        Assert.Equal(run.RunId, new MetaflowClient(_folder).WithNamespace(null).Flow<ProcessFlow>().LatestSuccessfulRun!.Id);
    }

    [Fact]
    public async Task A_failure_is_an_outcome_with_the_task_and_its_exception()
    {
        var run = await FlowRunner.RunAsync<FailingFlow>(
            Options() with { Parameters = new { failures = 9 } }, TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        Assert.Equal("attempt 1 failed", run.Failure!.Message);
        Assert.Equal("start", run.FailedTask!.Step.Name);
        var error = Assert.Throws<StepFailedException>(run.EnsureSucceeded);
        Assert.Equal(ErrorCodes.StepRaised, error.Code);
        Assert.StartsWith(
            $"Step FailingFlow/{run.RunId}/start/1 failed. It threw System.InvalidOperationException: attempt 1 failed. ",
            error.Message,
            StringComparison.Ordinal);
        Assert.Same(error, run.Error);
    }

    [Fact]
    public async Task A_failed_run_is_resumed_from_code()
    {
        var options = Options() with { Isolation = TaskIsolation.InProcess };
        var failed = await FlowRunner.RunAsync<FailingFlow>(
            options with { Parameters = new { failures = 9 } }, TestContext.Current.CancellationToken);
        var resumed = await FlowRunner.ResumeAsync<FailingFlow>(
            options: options with { Parameters = new { failures = 0 } }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(failed.Succeeded);
        Assert.NotEqual(failed.RunId, resumed.EnsureSucceeded().RunId);
        Assert.Equal(0, resumed.Data.Attempt);
    }

    [Fact]
    public async Task Several_flows_run_at_once_and_tell_what_happens()
    {
        var events = new Events();
        var runs = await Task.WhenAll(
            FlowRunner.RunAsync<ScoreFlow>(Options() with { Parameters = new { alpha = 2 }, Progress = events }),
            FlowRunner.RunAsync<ScoreFlow>(Options() with { Parameters = new { alpha = 3 } }));

        Assert.Equal([4.0, 6.0], runs.Select(static run => run.Data.Best));
        Assert.Contains(events.All, static happened => happened is RunEvent.TaskOutput { Text: "best 4" });
        Assert.DoesNotContain(events.All, static happened => happened is RunEvent.TaskOutput { Text: "best 6" });
        Assert.IsType<RunEvent.RunEnded>(events.All[^1]);
    }

    [Theory]
    [InlineData(TaskIsolation.Process)]
    [InlineData(TaskIsolation.InProcess)]
    public async Task What_a_step_reports_of_its_progress_is_told_and_in_no_log(TaskIsolation isolation)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && isolation == TaskIsolation.Process, "The system has no such pipes.");
        var events = new Events();
        var run = await FlowRunner.RunAsync<ReportingFlow>(
            Options() with { Progress = events, Isolation = isolation }, TestContext.Current.CancellationToken);

        var reports = events.All.OfType<RunEvent.TaskProgress>().Select(static report => (report.Fraction, report.Text)).ToList();
        Assert.Equal((0.25, "begun"), reports[0]);
        Assert.Equal((0.75, "3 of 4"), reports[^1]);
        Assert.InRange(reports.Count, 2, 20);
        var last = events.All.FindLastIndex(static happened => happened is RunEvent.TaskProgress);
        Assert.Contains(events.All[last..], static happened => happened is RunEvent.TaskSucceeded { Task.Step: "start" });
        var task = run.Handle.Tasks("start")[0].Untyped;
        Assert.Equal("printed", task.Stdout.Trim());
        Assert.Equal("", task.Stderr);
    }

    [Fact]
    public async Task A_run_is_cancelled_by_its_token()
    {
        using var stop = new CancellationTokenSource();
        var events = new Events { OnEvent = happened => { if (happened is RunEvent.TaskStarting) { stop.CancelAfter(300); } } };
        var run = await FlowRunner.RunAsync<WaitingFlow>(Options() with { Progress = events }, stop.Token).WaitAsync(
            TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.True(run.WasCancelled);
        Assert.Equal(Metaflow.Metadata.RunState.Cancelled, run.Handle.Untyped.Status!.State);
    }

    [Fact]
    public async Task A_flow_that_cannot_be_made_in_the_process_says_why()
    {
        var events = new Events();
        using var scope = FragileFlow.Allow();
        var run = await FlowRunner.RunAsync<FragileFlow>(Options() with { Progress = events }, TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        Assert.Contains(
            events.All,
            static happened => happened is RunEvent.TaskOutput output && output.Text.Contains("MF6041", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "named")]
    [InlineData(typeof(OtherServices), "other")]
    public async Task Services_are_made_in_the_process_of_the_task(Type? services, string expected)
        => Assert.Equal(
            expected,
            (await FlowRunner.RunAsync<NamingFlow>(
                Options() with { ServicesType = services }, TestContext.Current.CancellationToken)).Data.Text);

    [Fact]
    public async Task Given_stores_keep_tasks_in_this_process()
    {
        var given = Options() with { Stores = RunStores.InMemory() };
        Assert.Equal(6, (await FlowRunner.RunAsync<ScoreFlow>(given, TestContext.Current.CancellationToken)).Data.Best);
        await Assert.ThrowsAsync<ArgumentException>(
            () => FlowRunner.RunAsync<ScoreFlow>(given with { Isolation = TaskIsolation.Process }));
    }

    [Fact]
    public async Task Tasks_of_this_process_can_be_kept_on_disk()
    {
        var run = await FlowRunner.RunAsync<ScoreFlow>(
            Options() with { Isolation = TaskIsolation.InProcess }, TestContext.Current.CancellationToken);

        Assert.Equal(6, run.Data.Best);
        Assert.True(Directory.Exists(Path.Combine(_folder, ".metaflow", "ScoreFlow", run.RunId)));
    }

    private FlowRunOptions Options()
        => new() { DatastoreRoot = _folder, Settings = new Dictionary<string, string> { ["METAFLOW_USER"] = "tester" } };

    private sealed class Events : IProgress<RunEvent>
    {
        public List<RunEvent> All { get; } = [];

        public Action<RunEvent>? OnEvent { get; init; }

        public void Report(RunEvent value)
        {
            All.Add(value);
            OnEvent?.Invoke(value);
        }
    }
}

public sealed class OtherServices : IFlowServices
{
    public IServiceProvider Build() => new FakeServices { ["greeting"] = new FixedGreeting("other") };
}

/// <summary>Reports its progress, far more often than anybody looks.</summary>
public partial class ReportingFlow : FlowSpec
{
    [Step]
    private Transition Start()
    {
        Current.Progress.Report(0.25, "begun");
        Parallel.For(0, 1000, i => Current.Progress.Report(i % 3, 4, "much"));
        Console.WriteLine("printed");
        Current.Progress.Report(3, 4, "3 of 4");
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Notes which processes its tasks run in.</summary>
public partial class ProcessFlow : FlowSpec
{
    [Parameter(Default = "word")]
    public partial string Word { get; }

    public partial List<int> Processes { get; set; }

    public partial string Program { get; set; }

    [Step]
    private Transition Start()
    {
        Console.WriteLine(Word);
        Processes = [Environment.ProcessId];
        return Next(Middle);
    }

    [Step]
    private Transition Middle()
    {
        Processes = [.. Processes, Environment.ProcessId];
        return Next(End);
    }

    [Step]
    private void End()
    {
        Processes = [.. Processes, Environment.ProcessId];
        Program = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name!;
    }
}

/// <summary>Can be made only where that was allowed: in the test's process.</summary>
public partial class FragileFlow : FlowSpec
{
    private static readonly AsyncLocal<bool> Allowed = new();

    public FragileFlow()
    {
        if (!Allowed.Value)
        {
            throw new InvalidOperationException("not here");
        }
    }

    public static IDisposable Allow()
    {
        Allowed.Value = true;
        return new CancellationTokenSource();
    }

    [Step]
    private Transition Start() => Next(End);

    [Step]
    private void End()
    {
    }
}
