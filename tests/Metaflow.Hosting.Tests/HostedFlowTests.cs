using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Metaflow.Errors;
using Metaflow.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Metaflow.Hosting.Tests;

public sealed class HostedFlowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-hosting-").FullName;
    private readonly KeptLog _log = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _log.Dispose();
    }

    [Fact]
    public async Task A_flow_runs_with_the_settings_of_the_host_and_services_made_anew_in_each_process()
    {
        using var host = Build(static options => options.UseServices<ProcessServices>());

        var run = await Runner(host).RunAsync<HostedFlow>(new { word = "hello" }, TestContext.Current.CancellationToken);

        Assert.Equal("hello from a process", run.EnsureSucceeded().Data.Text);
        Assert.NotEqual(Environment.ProcessId, run.Data.ProcessId);
        Assert.Equal(7, run.Data.Number);
        Assert.Equal("ada", run.Handle.Untyped.UserName);
        Assert.True(Directory.Exists(Path.Combine(_folder, ".metaflow", "HostedFlow", run.RunId)));
    }

    [Fact]
    public async Task The_environments_of_steps_are_found_and_resolved_with_the_settings_of_the_host()
    {
        using var host = Build(static options => options.Defaults = options.Defaults with { With = ["named_env:name=team/none:v1"] });

        var error = await Assert.ThrowsAsync<EnvironmentException>(
            () => Runner(host).FindEnvironmentsAsync<PlainFlow>(cancellationToken: TestContext.Current.CancellationToken));
        using var other = Build(static _ => { });
        var found = await Runner(other).FindEnvironmentsAsync<PlainFlow>(cancellationToken: TestContext.Current.CancellationToken);
        var resolved = await Runner(other).ResolveEnvironmentsAsync<PlainFlow>(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(ErrorCodes.EnvironmentUnknown, error.Code);
        Assert.NotEmpty(found);
        Assert.All(found, static each => Assert.Equal(StepEnvironmentState.Disabled, each.State));
        Assert.Empty(resolved);
    }

    [Fact]
    public async Task A_flow_that_asks_for_no_service_loads_nothing_for_services()
    {
        using var host = Build(static options => options.UseServices<ProcessServices>());

        var plain = await Runner(host).RunAsync<PlainFlow>(cancellationToken: TestContext.Current.CancellationToken);
        var served = await Runner(host).RunAsync<ServedFlow>(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(plain.EnsureSucceeded().Data.Loaded);
        Assert.Contains("Microsoft.Extensions.DependencyInjection", served.EnsureSucceeded().Data.Loaded);
    }

    [Fact]
    public async Task Tasks_in_the_host_have_the_services_of_the_host()
    {
        using var host = Build(static options => options.Defaults = options.Defaults with { Isolation = TaskIsolation.InProcess });

        var run = await Runner(host).RunAsync<HostedFlow>(
            static options => options with { Tags = ["from-host"] }, TestContext.Current.CancellationToken);

        Assert.Equal("word from the host", run.EnsureSucceeded().Data.Text);
        Assert.Equal(Environment.ProcessId, run.Data.ProcessId);
        Assert.Equal(["from-host"], run.Handle.Untyped.UserTags);
    }

    [Fact]
    public async Task Options_in_the_place_of_parameters_are_refused_with_the_way_to_give_them()
    {
        using var host = Build(static _ => { });

        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => Runner(host).RunAsync<HostedFlow>(
                new FlowRunOptions { Isolation = TaskIsolation.InProcess }, TestContext.Current.CancellationToken));

        Assert.Contains("RunAsync<TFlow>(defaults => defaults with", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_happens_is_logged_traced_counted_and_told()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == MetaflowTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var counted = new ConcurrentQueue<string>();
        using var meters = Listen(counted);
        var told = new Told();
        using var host = Build(
            options => options.Defaults = options.Defaults with { Isolation = TaskIsolation.InProcess, Progress = told });

        var run = await Runner(host).RunAsync<StumblingFlow>(cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        var tasks = activities.Where(activity => activity.GetTagItem("metaflow.task") as string == $"StumblingFlow/{run.RunId}/start/1"
            && activity.TraceId == TraceOf(activities, run.RunId)).ToList();
        Assert.Equal([0, 1], tasks.Select(static activity => (int)activity.GetTagItem("metaflow.attempt")!));
        Assert.All(tasks, static activity => Assert.Equal(ActivityStatusCode.Error, activity.Status));
        Assert.Contains("StumblingFlow start retried", counted);
        Assert.Contains("StumblingFlow start failed", counted);
        Assert.Contains(_log.Lines, static line => line == "Warning Metaflow.StumblingFlow tried again");
        Assert.Contains(
            _log.Lines, static line => line.StartsWith("Information Metaflow.StumblingFlow stumbling", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, static line => line == "Error Metaflow.StumblingFlow failed");
        Assert.DoesNotContain(_log.Texts, static text => text.Contains("(null)", StringComparison.Ordinal));
        Assert.Contains(
            _log.Texts, static text => text.EndsWith("failed in attempt 1. Its own output says why.", StringComparison.Ordinal));
        Assert.Contains(told.All, static happened => happened is RunEvent.RunEnded { Succeeded: false });
    }

    [Fact]
    public async Task The_end_of_the_host_stops_its_runs()
    {
        using var host = Build(static options => options.Defaults = options.Defaults with { Isolation = TaskIsolation.InProcess });
        await host.StartAsync(TestContext.Current.CancellationToken);
        var running = Runner(host).RunAsync<EndlessFlow>(cancellationToken: TestContext.Current.CancellationToken);

        await host.StopAsync(TestContext.Current.CancellationToken);
        var run = await running.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.True(run.WasCancelled);
    }

    [Fact]
    public async Task Configurations_settings_and_the_namespace_reach_the_processes_of_tasks()
    {
        using var host = Build(static options => options.UseServices<ProcessServices>());

        var run = await Runner(host).RunAsync<ConfiguredFlow>(
            static options => options with { Namespace = "production" }, TestContext.Current.CancellationToken);
        Assert.Equal("007 0.5 1+2 True 3 in production with said", run.EnsureSucceeded().Data.Text);

        var values = new Dictionary<string, string>
        {
            ["training"] = """{"model": "m", "rate": 1, "sizes": [], "flags": {"fast": false}}""",
        };
        run = await Runner(host).RunAsync<ConfiguredFlow>(
            options => options with { Configs = options.Configs with { Values = values }, Isolation = TaskIsolation.InProcess },
            TestContext.Current.CancellationToken);
        Assert.StartsWith("m 1  False 3 in user:ada", run.EnsureSucceeded().Data.Text, StringComparison.Ordinal);
    }

    private static IFlowRunner Runner(IHost host) => host.Services.GetRequiredService<IFlowRunner>();

    private static ActivityTraceId TraceOf(IEnumerable<Activity> activities, string runId)
        => activities.Single(activity => activity.DisplayName == "run StumblingFlow"
            && activity.GetTagItem("metaflow.run_id") as string == runId).TraceId;

    private static MeterListener Listen(ConcurrentQueue<string> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "metaflow.tasks")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) => counted.Enqueue(string.Join(' ', tags.ToArray().Select(static tag => tag.Value))));
        listener.Start();
        return listener;
    }

    private IHost Build(Action<MetaflowHostOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Metaflow:User"] = "ada",
            ["Metaflow:DatastoreSysrootLocal"] = _folder,
            ["Metaflow:Run:Number"] = "7",
            ["Metaflow:ExtraWord"] = "said",
            ["Metaflow:Configs:Training:Model"] = "007",
            ["Metaflow:Configs:Training:Rate"] = "0.5",
            ["Metaflow:Configs:Training:Sizes:0"] = "1",
            ["Metaflow:Configs:Training:Sizes:1"] = "2",
            ["Metaflow:Configs:Training:Flags:fast"] = "true",
            ["Metaflow:Configs:Extra:depth"] = "3",
        });
        builder.Logging.AddProvider(_log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddMetaflow(configure);
        builder.Services.AddScoped<IVoice>(static _ => new Voice("the host"));
        return builder.Build();
    }

    private sealed class Told : IProgress<RunEvent>
    {
        public ConcurrentQueue<RunEvent> All { get; } = [];

        public void Report(RunEvent value) => All.Enqueue(value);
    }

    /// <summary>Keeps lines as level, category, and the part of the text that the tests look for.</summary>
    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        private string _category = "";

        public ConcurrentQueue<string> Lines { get; } = [];

        public ConcurrentQueue<string> Texts { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            _category = categoryName;
            return this;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            Texts.Enqueue(text);
            var what = text.Contains("tried again", StringComparison.Ordinal) ? "tried again"
                : text.Contains("failed in attempt", StringComparison.Ordinal)
                ? "failed"
                : text[(text.IndexOf(": ", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..];
            Lines.Enqueue($"{logLevel} {_category} {what}");
        }

        public void Dispose()
        {
        }
    }
}
