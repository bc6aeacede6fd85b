using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Code;
using Metaflow.Configs;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Tests.Reuse;

namespace Metaflow.Tests.Scheduling;

/// <summary>Cuts a run at each file that its beginning writes, and continues what is left.</summary>
public sealed class BeginningTests : IDisposable
{
    private const string Flow = "GeneratedFlow";
    private static readonly GeneratedProgram Program = new(
        Line("start", "middle", "end"), new Dictionary<string, int>(), new HashSet<string>());

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-beginning-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_cut_after_any_file_of_its_beginning_is_continued_to_its_end()
    {
        var (runId, files) = await BeginAsync(new RunRequest { Parameters = new Dictionary<string, string> { ["p0"] = "5" } });
        var journal = files.FindIndex(static file => file.EndsWith("/journal", StringComparison.Ordinal));
        Assert.InRange(journal, 0, files.FindIndex(static file => file.Contains("/_parameters/", StringComparison.Ordinal)));
        for (var count = 0; count <= files.Count; count++)
        {
            for (var torn = 0; torn < (count % 4 == 0 && count < files.Count ? 2 : 1); torn++)
            {
                var root = Cut(files, runId, count, isTorn: torn == 1);

                // What nobody wrote down is what this command says; else what the run was started with counts.
                var isRecorded = count > journal;
                var anew = new RunRequest
                {
                    Parameters = isRecorded ? new Dictionary<string, string>() : new Dictionary<string, string> { ["p0"] = "7" },
                };
                await ContinueAsync(root, new ContinueRequest { RunId = runId, Anew = anew, Tags = ["again"] });
                await AssertWholeAsync(
                    root,
                    runId,
                    isRecorded ? 5 : 7,
                    $"after {count} of {files.Count} files: {string.Join(", ", files.Take(count).TakeLast(1))}");
                Directory.Delete(root, recursive: true);
            }
        }
    }

    [Fact]
    public async Task What_was_given_by_a_variable_is_found_again_by_another_process()
    {
        var variables = new Dictionary<string, string> { ["METAFLOW_RUN_P1"] = "9" };
        var (runId, files) = await BeginAsync(new RunRequest(), variables);
        var root = Cut(
            files, runId, files.FindIndex(static file => file.EndsWith("/journal", StringComparison.Ordinal)) + 1, isTorn: false);
        await ContinueAsync(root, new ContinueRequest { RunId = runId });
        Assert.Equal(9, await ParameterAsync(root, runId, "p1"));
    }

    [Fact]
    public async Task Values_of_a_program_that_were_not_stored_are_not_replaced_by_defaults()
    {
        var (runId, files) = await BeginAsync(new RunRequest { Values = new Dictionary<string, object?> { ["p0"] = 5 } });
        var committed = files.FindIndex(static file => file.EndsWith("/0.DONE.lock", StringComparison.Ordinal)) + 1;
        var error = await Assert.ThrowsAsync<MetadataException>(() => ContinueAsync(
            Cut(files, runId, committed - 1, isTorn: false), new ContinueRequest { RunId = runId }));
        Assert.Equal(ErrorCodes.ParametersNotKept, error.Code);
        Assert.Contains("'p0'", error.Message, StringComparison.Ordinal);
        var root = Cut(files, runId, committed, isTorn: false);
        await ContinueAsync(root, new ContinueRequest { RunId = runId });
        await AssertWholeAsync(root, runId, 5, "with stored values");
    }

    [Fact]
    public async Task Parameters_for_a_run_that_has_its_own_are_refused()
    {
        var (runId, files) = await BeginAsync(new RunRequest());
        var root = Cut(files, runId, files.Count, isTorn: false);
        RunRequest[] requests =
        [
            new() { Parameters = new Dictionary<string, string> { ["p0"] = "7" } },
            new() { Configs = new ConfigRequest { Values = new Dictionary<string, string> { ["c"] = "{}" } } },
            new() { Configs = new ConfigRequest { Files = new Dictionary<string, string> { ["c"] = "c.json" } } },
        ];
        foreach (var anew in requests)
        {
            var error = await Assert.ThrowsAsync<ConfigurationException>(() => ContinueAsync(
                root, new ContinueRequest { RunId = runId, Anew = anew }));
            Assert.Equal((ErrorCodes.OptionsConflict, ExitCodes.Usage), (error.Code, error.ExitCode));
        }
    }

    [Theory]
    [InlineData(RunState.Succeeded)]
    [InlineData(RunState.Failed)]
    public async Task What_another_process_came_to_just_before_the_lock_was_obtained_counts(RunState ended)
    {
        var (runId, files) = await BeginAsync(new RunRequest());
        var root = Cut(files, runId, files.Count, isTorn: false);

        // The lock gives its first sign of life as soon as it is held: the other process has ended the run and let go of it by then.
        var time = new TimeOfTheLock(() =>
        {
            using var status = File.Create(Path.Combine(root, Flow, runId, "_meta", "status.json"));
            new RunStatus(ended, int.MaxValue, Environment.MachineName, DateTimeOffset.UtcNow).Write(status);
        });
        if (ended == RunState.Succeeded)
        {
            var error = await Assert.ThrowsAsync<LaunchException>(() => ContinueAsync(root, new ContinueRequest { RunId = runId }, time));
            Assert.Equal(ErrorCodes.RunHasSucceeded, error.Code);
            Assert.Single(await File.ReadAllLinesAsync(
                Path.Combine(root, Flow, runId, "_meta", "journal"), TestContext.Current.CancellationToken));
        }
        else
        {
            await ContinueAsync(root, new ContinueRequest { RunId = runId }, time);
        }

        Assert.True(time.WasAsked);
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_keeps_no_run_from_being_continued()
    {
        var (runId, files) = await BeginAsync(new RunRequest());
        var root = Cut(files, runId, files.Count, isTorn: false);
        var status = Path.Combine(root, Flow, runId, "_meta", "status.json");
        File.Delete(status);
        File.CreateSymbolicLink(status, "status.json");

        // Whose the last sign of life was is unknown: while it is young, the run is taken for one at work.
        var folder = Path.GetDirectoryName(status)!;
        Assert.Equal(RunState.Running, new MetaflowClient(Settings(root)).WithNamespace(null).Flow(Flow).Run(runId).State);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "lock"), DateTime.UtcNow.AddMinutes(-1));
        await ContinueAsync(root, new ContinueRequest { RunId = runId });
        Assert.Equal(RunState.Succeeded, new MetaflowClient(Settings(root)).WithNamespace(null).Flow(Flow).Run(runId).State);
    }

    [Fact]
    public async Task A_run_that_had_begun_and_lost_its_journal_is_not_begun_anew()
    {
        var (runId, files) = await BeginAsync(new RunRequest());
        foreach (var other in (string[])["start/_meta/_self.json", "_parameters/0/_resume_leader"])
        {
            var root = Cut(
                [.. files.Where(static file => !file.EndsWith("/journal", StringComparison.Ordinal))],
                runId,
                files.Count - 1,
                isTorn: false);
            var path = Path.Combine(root, Flow, runId, other);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "{}", TestContext.Current.CancellationToken);
            await AssertNotContinuedAsync(root, runId, ErrorCodes.JournalMissing);
        }
    }

    [Fact]
    public async Task A_run_of_the_reference_is_refused_and_looks_as_before()
    {
        var root = Path.Combine(_folder, "reference");
        var metadata = new LocalMetadataProvider(root, TimeProvider.System);
        var run = await metadata.RegisterRunAsync(
            new RunRecord(Flow, "", "ada", [], ["user:ada", "python_version:3.12"], default), TestContext.Current.CancellationToken);
        await AssertNotContinuedAsync(root, run.RunId, ErrorCodes.JournalMissing);
        Assert.Null(new MetaflowClient(Settings(root)).WithNamespace(null).Flow(Flow).Run(run.RunId).Status);
        await AssertNotContinuedAsync(root, "4711", ErrorCodes.ObjectNotFound);
        Assert.False(Directory.Exists(Path.Combine(root, Flow, "4711")));
    }

    [Fact]
    public async Task Garbage_is_also_the_folder_of_a_run_that_was_killed_before_its_record()
    {
        var (runId, files) = await BeginAsync(new RunRequest());
        var folderOnly = Cut(files, runId, 0, isTorn: true);
        var request = new CollectionRequest { Flow = Flow, States = [RunState.Dead], GracePeriod = CollectionRequest.ShortestGracePeriod };
        var later = new LaterTime();
        Assert.Equal([runId], await CollectAsync(folderOnly, request, later));
        Assert.Empty(await CollectAsync(folderOnly, request, TimeProvider.System));
        Assert.Empty(await CollectAsync(folderOnly, request with { States = [RunState.Failed] }, later));
        Assert.Empty(await CollectAsync(folderOnly, request with { Tags = ["x"] }, later));
        Assert.Empty(await CollectAsync(folderOnly, request with { States = [] }, later));
        Assert.Empty(await CollectAsync(folderOnly, request with { OlderThan = TimeSpan.FromDays(30) }, later));
        var path = Path.Combine(folderOnly, Flow, runId);
        await File.WriteAllTextAsync(Path.Combine(path, "notes.txt"), "mine", TestContext.Current.CancellationToken);
        Assert.Empty(await CollectAsync(folderOnly, request, later));
        File.Delete(Path.Combine(path, "notes.txt"));
        Assert.Equal([runId], await CollectAsync(folderOnly, request with { Deletes = true }, later));
        Assert.False(Directory.Exists(path));
    }

    private static async Task<IReadOnlyList<string>> CollectAsync(string root, CollectionRequest request, TimeProvider time) =>
    [
        .. (await new GarbageCollector(Settings(root), time).CollectAsync(request, TestContext.Current.CancellationToken)).Runs
            .Select(static run => run.RunId),
    ];

    private static async Task AssertNotContinuedAsync(string root, string runId, string code)
        => Assert.Equal(
            code, (await Assert.ThrowsAsync<MetadataException>(() => ContinueAsync(root, new ContinueRequest { RunId = runId }))).Code);

    private static async Task AssertWholeAsync(string root, string runId, int parameter, string where)
    {
        var run = new MetaflowClient(Settings(root)).WithNamespace(null).Flow(Flow).Run(runId);
        Assert.True(run.State == RunState.Succeeded, $"{run.State} {where}");
        Assert.True(await ParameterAsync(root, runId, "p0") == parameter, where);
        Assert.True(run.UserTags.SequenceEqual(["again"]) || parameter == 5, where);
        Assert.Equal(
            ["start", "middle", "end"],
            run.Tasks.OrderBy(static task => task.Id, StringComparer.Ordinal).Select(static task => task.Path.Step));
        Assert.True(run.Tasks.All(static task => task.Attempts is [0]), where);
        Assert.Equal(runId, await File.ReadAllTextAsync(Path.Combine(root, Flow, "latest_run"), TestContext.Current.CancellationToken));
        var data = await new LocalMetadataProvider(root, TimeProvider.System).ListMetadataAsync(
            new TaskPath(Flow, runId, TaskPath.ParametersStep, "0"), default);
        Assert.True(data.Any(static datum => datum.Field == "attempt-done"), where);
        Assert.True(data.Count(static datum => datum.Field == InternalFields.RecordedCode) == 1, where);
    }

    private static async Task<int> ParameterAsync(string root, string runId, string name)
    {
        var artifacts = await new FlowDatastore(new LocalBlobStore(root), Flow, TimeProvider.System).OpenTaskAsync(
            new TaskPath(Flow, runId, TaskPath.ParametersStep, "0"), null, default);
        return artifacts.Load<int>(name);
    }

    private static async Task ContinueAsync(string root, ContinueRequest request, TimeProvider? time = null)
    {
        using var services = Services(root, time);
        using var interruption = new RunInterruption();
        var outcome = await new FlowEngine(static () => new GeneratedFlow(Program), Program.Definition, Settings(root)).ContinueAsync(
            services, request, new Watcher(static _ => { }), interruption);
        Assert.True(outcome.Succeeded, outcome.Error?.Message);
    }

    /// <summary>Starts a run, and looks at its files when the first task is about to start.</summary>
    /// <returns>The run's id, and its files in the order in which they were written.</returns>
    private async Task<(string RunId, List<string> Files)> BeginAsync(
        RunRequest request, IReadOnlyDictionary<string, string>? variables = null)
    {
        var root = Path.Combine(_folder, "whole");
        List<string> files = [];
        var runId = "";
        var watcher = new Watcher(runEvent =>
        {
            if (runEvent is RunEvent.RunStarting starting)
            {
                runId = starting.RunId;
                var names = Directory.GetFiles(Path.Combine(root, Flow), "*", SearchOption.AllDirectories)
                    .Where(static path => !path.Contains("/data/", StringComparison.Ordinal));
                files = [.. names.OrderBy(File.GetLastWriteTimeUtc).Select(path => Path.GetRelativePath(root, path))];
                Copy(root, Path.Combine(_folder, "begun"));
            }
        });
        using var services = Services(root);
        using var interruption = new RunInterruption();
        var settings = Settings(root) with { Environment = variables ?? new Dictionary<string, string>() };
        await new FlowEngine(static () => new GeneratedFlow(Program), Program.Definition, settings).RunAsync(
            services, request, watcher, interruption);
        Assert.Contains($"{Flow}/{runId}/_meta/status.json", files);
        return (runId, files);
    }

    /// <summary>Makes a store in which only the first files of the run are there, and perhaps a part of the next.</summary>
    private string Cut(List<string> files, string runId, int count, bool isTorn)
    {
        var root = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"cut-{count}-{isTorn}-{Guid.NewGuid():N}"));
        Copy(Path.Combine(_folder, "begun", Flow, "data"), Path.Combine(root, Flow, "data"));
        Directory.CreateDirectory(Path.Combine(root, Flow, runId));
        foreach (var file in files.Take(isTorn ? count + 1 : count))
        {
            var target = Path.Combine(root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(_folder, "begun", file), target);
            if (Path.GetFileName(file) == "status.json")
            {
                using var status = File.Create(target);
                new RunStatus(RunState.Running, int.MaxValue, Environment.MachineName, DateTimeOffset.UtcNow).Write(status);
            }
        }

        if (isTorn)
        {
            var last = Path.Combine(root, files[count]);
            File.Move(last, Path.Combine(Path.GetDirectoryName(last)!, $".{Guid.NewGuid():N}.tmp"));
        }

        // Of the flow, not of the run: the claim of the id comes after the flow's folder, and its record may be there from earlier runs.
        var record = Path.Combine(root, Flow, "_meta", "_self.json");
        if (!File.Exists(record) && isTorn)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(record)!);
            File.Copy(Path.Combine(_folder, "begun", Flow, "_meta", "_self.json"), record);
        }

        return root;
    }

    private static void Copy(string source, string target)
    {
        foreach (var path in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);

            // The lock is held, and has no content.
            if (Path.GetFileName(path) == "lock")
            {
                File.WriteAllText(copy, "");
            }
            else
            {
                File.Copy(path, copy);
            }
        }
    }

    private static RunServices Services(string root, TimeProvider? time = null)
        => FlowEngine.InProcess(
            static () => new GeneratedFlow(Program),
            new RunStores(new LocalBlobStore(root), new LocalMetadataProvider(root, TimeProvider.System)), time ?? TimeProvider.System);

    private static MetaflowSettings Settings(string root)
        => new() { User = "tester", Datastore = StoreAddress.Local(root), Namespace = "user:tester" };

    private static FlowGraph Line(params string[] steps) => new(Flow,
    [
        .. steps.Select((name, i) => new StepNode
        {
            Name = name,
            ReturnsNothing = i == steps.Length - 1,
            Transitions = i < steps.Length - 1 ? [new([steps[i + 1]], null, false, 0, 1)] : [],
        }),
    ]);

    private sealed class Watcher(Action<RunEvent> watch) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => watch(runEvent);
    }

    private sealed class TimeOfTheLock(Action obtained) : TimeProvider
    {
        private Action? _obtained = obtained;

        public bool WasAsked => _obtained is null;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Exchange(ref _obtained, null)?.Invoke();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class LaterTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddHours(2);
    }
}
