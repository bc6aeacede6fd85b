using System.Text.RegularExpressions;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Tasks as jobs that share nothing with their scheduler but the store, by a launcher such as a package would bring.</summary>
public sealed partial class JobLauncherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-jobs-").FullName;

    static JobLauncherTests() => ProgramPlugins.Add<OtherMachinePlugin>();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_flow_runs_on_another_machine_and_its_logs_are_shown_and_stored()
    {
        var events = new Events();
        var run = await FlowRunner.RunAsync<RemoteFlow>(Options(events), TestContext.Current.CancellationToken);

        Assert.True(run.EnsureSucceeded().Succeeded);
        Assert.StartsWith(Path.Combine(Path.GetTempPath(), "metaflow-other-machine-"), run.Data.Place, StringComparison.Ordinal);
        Assert.Equal([0, 1, 4], run.Data.Squares);
        Assert.Equal("", run.Data.Inherited);
        var starting = Assert.Single(events.All.OfType<RunEvent.TaskStarting>(), static starting => starting.Task.Step == "start");
        Assert.Equal(OtherMachine.Name, starting.Handle!.Launcher);
        Assert.Equal(
            ["over there"],
            events.All.OfType<RunEvent.TaskOutput>().Where(static output => output is { IsError: false, Task.Step: "start" })
                .Select(static output => output.Text));
        Assert.Equal("over there\n", run.Handle.Tasks("start")[0].Untyped.Stdout);
        Assert.Equal("a word of warning\n", run.Handle.Tasks("start")[0].Untyped.Stderr);
    }

    [Fact]
    public async Task Secrets_of_a_job_are_hidden_by_the_job()
    {
        var run = await FlowRunner.RunAsync<SecretJobFlow>(Options(new Events()), TestContext.Current.CancellationToken);

        Assert.True(run.EnsureSucceeded().Succeeded);
        Assert.Equal("the token is ***\n", run.Handle.Tasks("start")[0].Untyped.Stdout);
        Assert.DoesNotContain(
            Directory.GetFiles(_folder, "*.log", SearchOption.AllDirectories),
            static log => File.ReadAllText(log).Contains("abcd1234", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_a_crash_and_a_lost_machine_are_told_apart()
    {
        var events = new Events();
        var run = await FlowRunner.RunAsync<LostFlow>(Options(events), TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        var failures = events.All.OfType<RunEvent.TaskFailed>()
            .Select(static failed => (failed.Task.Step, failed.Attempt, Code: Code().Match(failed.Reason ?? "").Value)).ToList();
        Assert.Equal([("start", 0, "MF6038"), ("start", 1, ""), ("start", 2, "")], failures);
        Assert.Contains("killed by signal 9", events.All.OfType<RunEvent.TaskFailed>().ElementAt(1).Reason, StringComparison.Ordinal);
        Assert.Equal("as the test wants", run.Failure?.Message);
    }

    [Fact]
    public async Task A_run_that_is_stopped_ends_its_jobs()
    {
        using var stop = new CancellationTokenSource();
        var events = new Events { OnEvent = happened => { if (happened is RunEvent.TaskOutput { Text: "waiting" }) { stop.Cancel(); } } };
        var run = await FlowRunner.RunAsync<PatientJobFlow>(Options(events), stop.Token).WaitAsync(
            TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);

        Assert.True(run.WasCancelled);
        var process = int.Parse(
            events.All.OfType<RunEvent.TaskStarting>().Single().Handle!.Id, System.Globalization.CultureInfo.InvariantCulture);
        Assert.False(Directory.Exists($"/proc/{process}")
            && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal));
    }

    [GeneratedRegex("MF[0-9]{4}")]
    private static partial Regex Code();

    private FlowRunOptions Options(Events events)
        => new() { DatastoreRoot = _folder, Progress = events, Settings = new Dictionary<string, string> { ["METAFLOW_USER"] = "tester" } };

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

/// <summary>Runs elsewhere, but for its join.</summary>
[OtherMachine]
public partial class RemoteFlow : FlowSpec
{
    public partial string Place { get; set; }

    public partial string Inherited { get; set; }

    public partial int Square { get; set; }

    public partial List<int> Squares { get; set; }

    [Step]
    private Transition Start()
    {
        Place = Environment.CurrentDirectory;
        Inherited = Environment.GetEnvironmentVariable("USER") ?? "";
        Console.WriteLine("over there");
        Console.Error.WriteLine("a word of warning");
        return Next(Work, forEach: Enumerable.Range(0, 3));
    }

    [Step]
    private Transition Work(int number)
    {
        Square = number * number;
        return Next(Join);
    }

    [Step, Local]
    private Transition Join(Inputs<RemoteFlow> inputs)
    {
        MergeArtifacts(inputs, exclude: [nameof(Square)]);
        Squares = [.. inputs.Select(static input => input.Square)];
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Prints a secret.</summary>
public partial class SecretJobFlow : FlowSpec
{
    [Step, OtherMachine, Secrets("inline.TOKEN=abcd1234")]
    private Transition Start()
    {
        Console.WriteLine($"the token is {Environment.GetEnvironmentVariable("TOKEN")}");
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Loses its machine, then dies, then fails.</summary>
public partial class LostFlow : FlowSpec
{
    [Step, OtherMachine(LosesFirstAttempt = true), Retry(Times = 2)]
    private Transition Start()
    {
        if (Current.Attempt == 1)
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }

        throw new InvalidOperationException("as the test wants");
#pragma warning disable CS0162 // The graph is read from this line.
        return Next(End);
#pragma warning restore CS0162
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Waits for longer than any test.</summary>
public partial class PatientJobFlow : FlowSpec
{
    [Step, OtherMachine]
    private async Task<Transition> Start()
    {
        Console.WriteLine("waiting");
        await Task.Delay(TimeSpan.FromMinutes(5), Current.CancellationToken);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
