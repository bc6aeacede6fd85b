using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tests.Reuse;

/// <summary>Resumes and continues runs by programs whose parameters and configurations are others: what is not there gets its default or is
/// refused before anything runs.</summary>
public sealed class ChangedInputsTests : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"metaflow-inputs-{Guid.NewGuid():N}")).FullName;

    public static TheoryData<string, string, string> Fitting => new()
    {
        // What the failed run had, what the flow has now, and what the last step then reads.
        { "", "config int cfg = 3", "cfg=3" },
        { "", "config int? cfg", "cfg=" },
        { "", "config dict cfg = {\"k\": 1}", "cfg=k:1" },
        { "config int other = 2", "config int other = 9; config int cfg = 3", "other=2,cfg=3" },
        { "config int cfg = 1", "", "" },
        { "config int cfg = 1", "config int cfg = 2", "cfg=1" },
        { "config int cfg = 1", "config long cfg", "cfg=1" },
        { "config int cfg = 1", "param int cfg = 2", "cfg=1" },
        { "", "param int p = 4", "p=4" },
        { "", "param int? p", "p=" },
        { "param int p = 4", "", "" },
        { "param int p = 4", "param int p = 5", "p=4" },
        { "param int p = 4", "param int q = 5", "q=5" },
        { "param int p = 4", "param long p", "p=4" },
        { "param int p = 4", "param int? p", "p=4" },
        { "param int p = 4", "config int p", "p=4" },
        { "param string p = a", "param object p", "p=a" },
        { "file string? p", "file string? p", "p=" },
    };

    public static TheoryData<string, string, string, string> Unfit => new()
    {
        { "", "config int cfg", ErrorCodes.BadConfigs, "missing configuration for 'cfg'" },
        { "config int cfg = 1", "config dict cfg = {}", ErrorCodes.InputsHaveChanged, "'cfg' is " },
        { "config string cfg = text", "config int cfg = 3", ErrorCodes.InputsHaveChanged, "'cfg' is " },
        { "config int? cfg", "config int cfg", ErrorCodes.InputsHaveChanged, "'cfg'" },
        { "config int? cfg", "config string cfg", ErrorCodes.InputsHaveChanged, "'cfg' has no value in that run" },
        { "config int a = 1; config int b = 2", "config dict a = {}; config string b = x", ErrorCodes.InputsHaveChanged, "'a' is " },
        { "", "param int p", ErrorCodes.MissingParameter, "--p" },
        { "param int p = 4", "param string p = a", ErrorCodes.InputsHaveChanged, "'p' is " },
        { "param string p = 4", "param int p = 4", ErrorCodes.InputsHaveChanged, "'p' is " },
        { "param int? p", "param int p", ErrorCodes.InputsHaveChanged, "'p'" },
        { "param int? p", "param string p", ErrorCodes.InputsHaveChanged, "'p' has no value in that run" },
        { "param int p = 4", "file string p", ErrorCodes.InputsHaveChanged, "is not an included file" },
        { "file string? p", "file string p", ErrorCodes.InputsHaveChanged, "'p' has no value in that run" },
        {
            "param int a = 4; param int b = 4", "param string a = x; param string b = y", ErrorCodes.InputsHaveChanged,
            "Give a value: '--a', '--b'."
        },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Fitting))]
    public async Task A_resume_keeps_what_the_run_had_and_takes_the_default_of_what_it_had_not(string before, string now, string read)
    {
        var failed = await RunAsync(before, isFailing: true, new RunRequest());
        var resumed = await RunAsync(now, isFailing: false, new RunRequest { Resume = new ResumeRequest() });

        Assert.False(failed.Succeeded);
        Assert.True(resumed.Succeeded, resumed.Error?.Message);
        Assert.Equal(read, await SeenAsync(resumed.RunId));
        Assert.Single(Events.OfType<RunEvent.TaskCloned>());
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task A_resume_refuses_what_cannot_be_kept_before_there_is_a_run(string before, string now, string code, string text)
    {
        var failed = await RunAsync(before, isFailing: true, new RunRequest());
        var request = new RunRequest { Resume = new ResumeRequest() };
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync(now, isFailing: false, request));
        var planned = await Assert.ThrowsAsync<ConfigurationException>(() => WithEngineAsync(
            now, false, (engine, services) => engine.PlanResumeAsync(services, request)));

        Assert.False(failed.Succeeded);
        Assert.Equal((code, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, planned.Message);
        Assert.Single(await Metadata.ListRunsAsync("InputsFlow", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", "param int p", "p=7")]
    [InlineData("param string p = a", "param int p = 4", "p=7")]
    [InlineData("param int? p", "param int p", "p=7")]
    public async Task A_value_that_is_given_to_a_resume_takes_the_place_of_one_that_does_not_fit(string before, string now, string read)
    {
        await RunAsync(before, isFailing: true, new RunRequest());
        var resumed = await RunAsync(
            now,
            isFailing: false,
            new RunRequest { Resume = new ResumeRequest(), Parameters = new Dictionary<string, string> { ["p"] = "7" } });
        Assert.Equal(read, await SeenAsync(resumed.RunId));
    }

    [Fact]
    public async Task A_configuration_that_the_run_did_not_have_can_be_given_and_one_that_it_had_cannot()
    {
        await RunAsync("config int old = 1", isFailing: true, new RunRequest());
        var given = new RunRequest
        {
            Resume = new ResumeRequest(),
            Configs = new ConfigRequest { Values = new Dictionary<string, string> { ["cfg"] = "8" } },
        };
        var resumed = await RunAsync("config int old = 1; config int cfg", isFailing: false, given);
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync("config int cfg", isFailing: false, given));

        Assert.Equal("old=1,cfg=8", await SeenAsync(resumed.RunId));
        Assert.Equal(ErrorCodes.ConfigsNotTaken, refused.Code);
    }

    [Theory]
    [InlineData("param int p = 4; config int c = 1", "param int p = 5; config int c = 2", "p=4,c=1")]
    [InlineData("param int p = 4; config int c = 1", "", "")]
    [InlineData("param int p = 4; config int c = 1", "param long p", "p=4")]
    public async Task A_run_is_continued_with_the_parameters_and_configurations_that_it_has(string before, string now, string read)
    {
        var failed = await RunAsync(
            before, isFailing: true, new RunRequest { Parameters = new Dictionary<string, string> { ["p"] = "4" } });
        var outcome = await ContinueAsync(now, failed.RunId);

        Assert.True(outcome.Succeeded, outcome.Error?.Message);
        Assert.Equal(read, await SeenAsync(failed.RunId));
    }

    [Theory]
    [InlineData("", "param int p = 4", "the parameter 'p'")]
    [InlineData("", "param int p", "the parameter 'p'")]
    [InlineData("", "config int c = 1", "the configuration 'c'")]
    [InlineData("param int p = 1", "param int q = 1", "the parameter 'q'")]
    [InlineData("param int p = 1", "param string p = a", "'p' is ")]
    [InlineData("config int c = 1", "config dict c = {}", "'c' is ")]
    public async Task A_run_that_lacks_what_the_flow_has_now_is_not_continued_and_stays_as_it_is(string before, string now, string text)
    {
        var failed = await RunAsync(before, isFailing: true, new RunRequest());
        var journal = Path.Combine(_folder, "InputsFlow", failed.RunId, "_meta", "journal");
        var bytes = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => ContinueAsync(now, failed.RunId));

        Assert.Equal((ErrorCodes.InputsHaveChanged, ExitCodes.Usage), (error.Code, error.ExitCode));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Contains($"resume --origin-run-id {failed.RunId}", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken));
        Assert.True((await ContinueAsync(before, failed.RunId)).Succeeded);
    }

    private List<RunEvent> Events { get; } = [];

    private LocalMetadataProvider Metadata => new(_folder, TimeProvider.System);

    private Task<RunOutcome> RunAsync(string inputs, bool isFailing, RunRequest request)
        => WithEngineAsync(inputs, isFailing, async (engine, services) =>
        {
            Events.Clear();
            using var interruption = new RunInterruption();
            return await engine.RunAsync(services, request, new Watcher(Events.Add), interruption);
        });

    private Task<RunOutcome> ContinueAsync(string inputs, string runId) => WithEngineAsync(inputs, false, async (engine, services) =>
    {
        using var interruption = new RunInterruption();
        return await engine.ContinueAsync(services, new ContinueRequest { RunId = runId }, new Watcher(static _ => { }), interruption);
    });

    private async Task<T> WithEngineAsync<T>(string inputs, bool isFailing, Func<FlowEngine, RunServices, Task<T>> useAsync)
    {
        InputsFlow Make() => new(inputs, isFailing);
        using var services = FlowEngine.InProcess(Make, new RunStores(new LocalBlobStore(_folder), Metadata), TimeProvider.System);
        return await useAsync(
            new FlowEngine(
                Make,
                Make().Definition,
                new MetaflowSettings { User = "tester", Datastore = StoreAddress.Local(_folder), Namespace = "user:tester" }),
            services);
    }

    private async Task<string> SeenAsync(string runId)
    {
        var datastore = new FlowDatastore(new LocalBlobStore(_folder), "InputsFlow", TimeProvider.System);
        var task = Assert.Single(await Metadata.ListTasksAsync("InputsFlow", runId, "end", TestContext.Current.CancellationToken));
        return (await datastore.OpenTaskAsync(task.Path, null, TestContext.Current.CancellationToken)).Load<string>("seen");
    }

    private sealed class Watcher(Action<RunEvent> watch) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => watch(runEvent);
    }

    /// <summary>A flow whose parameters and configurations are given as text; its last step reads them all.</summary>
    private sealed class InputsFlow : FlowSpec
    {
        private readonly List<(ArtifactCell Cell, Func<object?> Read)> _inputs = [];
        private readonly ArtifactCell<string> _seen = new("seen");
        private readonly string _text;
        private readonly bool _isFailing;

        public InputsFlow()
            : this("", isFailing: false)
        {
        }

        public InputsFlow(string text, bool isFailing)
        {
            (_text, _isFailing) = (text, isFailing);
            foreach (var (_, type, name, _) in Read())
            {
                switch (type)
                {
                    case "int":
                        Add<int>(name);
                        break;
                    case "int?":
                        Add<int?>(name);
                        break;
                    case "long":
                        Add<long>(name);
                        break;
                    case "string" or "string?":
                        Add<string>(name);
                        break;
                    case "object":
                        Add<object>(name);
                        break;
                    default:
                        Add<IReadOnlyDictionary<string, object?>>(name);
                        break;
                }
            }
        }

        public override string FlowName => "InputsFlow";

        public FlowDefinition Definition
        {
            get
            {
                var builder = new FlowDefinitionBuilder();
                Describe(builder);
                return builder.Build();
            }
        }

        public override void CollectCells(ICollection<ArtifactCell> cells)
        {
            _inputs.ForEach(input => cells.Add(input.Cell));
            cells.Add(_seen);
        }

        protected internal override void Describe(FlowDefinitionBuilder builder)
        {
            builder.Flow("InputsFlow", "InputsFlow.cs", "");
            builder.Step(new StepNode
            {
                Name = "start",
                MethodName = "start",
                Transitions = [new TransitionNode(["end"], null, false, 0, 1)],
            });
            builder.Step(new StepNode { Name = "end", MethodName = "end", ReturnsNothing = true });
            foreach (var (kind, type, name, value) in Read())
            {
                var (valueType, isRequired) = (_inputs.Find(input => input.Cell.Name == name).Cell.ValueType, value is null
                    && !type.EndsWith('?'));
                if (kind == "config")
                {
                    builder.Config(new()
                    {
                        Name = name,
                        MemberName = name,
                        ValueType = valueType,
                        TypeName = type,
                        DefaultValue = value,
                        IsRequired = isRequired,
                    });
                    continue;
                }

                builder.Parameter(new()
                {
                    Name = name,
                    MemberName = name,
                    ValueType = valueType,
                    TypeName = type,
                    HasDefault = value is not null,
                    Default = value,
                    IsRequired = isRequired,
                    IncludeFile = kind == "file" ? new IncludeFileDefinition(true, "utf-8") : null,
                });
            }
        }

        protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
        {
            if (step == "start")
            {
                return new(Transition.ToNames(["end"]));
            }

            _seen.Value = string.Join(',', _inputs.Select(static input => $"{input.Cell.Name}={Text(input.Read())}"));
            return _isFailing ? throw new InvalidOperationException("as the test wants") : default;
        }

        private static string Text(object? value)
            => value is IEnumerable<KeyValuePair<string, object?>> pairs
                ? string.Join(' ', pairs.Select(static pair => $"{pair.Key}:{pair.Value}"))
                : $"{value}";

        private void Add<T>(string name)
        {
            var cell = new ArtifactCell<T>(name, isReadOnly: true);
            _inputs.Add((cell, () => cell.Value));
        }

        /// <summary>Reads "config int cfg = 3; param string p".</summary>
        private IEnumerable<(string Kind, string Type, string Name, string? Value)> Read()
            => _text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static text =>
            {
                var (declared, value) = text.Split('=', 2, StringSplitOptions.TrimEntries) switch
                {
                    [var left, var right] => (left, right),
                    [var only, ..] => (only, null),
                    _ => ("", null),
                };
                var words = declared.Split(' ');
                return (words[0], words[1], words[2], value);
            });
    }
}
