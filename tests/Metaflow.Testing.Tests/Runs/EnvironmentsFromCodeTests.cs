using Metaflow.Client;
using Metaflow.Environments.Tests.Feeds;
using Metaflow.Errors;
using Metaflow.Running;
using Metaflow.Testing.Tests.Flows;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Environments of steps that a program asks for which is no flow program.</summary>
public sealed class EnvironmentsFromCodeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-packages-").FullName;
    private readonly KeptEvents _events = new();

    public EnvironmentsFromCodeTests()
    {
        var feed = new PackageFeed(Path.Combine(_folder, "feed"));
        feed.AddText("Acme.Base", "1.0.0", []);
        feed.AddText("Acme.Base", "2.0.0", []);
        feed.AddText("Acme.Lib", "1.0.0", [("Acme.Base", "1.0.0")]);
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), feed.Configuration(Path.Combine(_folder, "nuget")));
    }

    private FlowRunOptions Options => new()
    {
        WorkingFolder = _folder,
        DatastoreRoot = _folder,
        Settings = new Dictionary<string, string>
        {
            ["METAFLOW_USER"] = "ada",
            ["METAFLOW_ENVIRONMENTS_FOLDER"] = Path.Combine(_folder, "environments"),
        },
        Progress = _events,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task They_are_found_resolved_named_and_used_by_a_run()
    {
        var before = await FlowRunner.FindEnvironmentsAsync<PackagedFlow>(options: Options);
        Assert.Equal(["start", "other", "end"], before.Select(static each => each.Step));
        Assert.Equal(
            [StepEnvironmentState.Unresolved, StepEnvironmentState.Unresolved, StepEnvironmentState.Disabled],
            before.Select(static each => each.State));
        Assert.Equal([new StepPackage("nuget", "acme.lib", "[1.0.0]")], before[0].RequestedPackages);
        Assert.Empty(_events.All);

        var found = await FlowRunner.ResolveEnvironmentsAsync<PackagedFlow>(
            new StepEnvironmentOptions { Steps = ["Start"], Names = ["team/old:v1"] }, Options);

        var start = Assert.Single(found);
        Assert.Equal((true, StepEnvironmentState.OnThisMachine, "ada"), (start.IsNew, start.State, start.ResolvedBy));
        Assert.Equal(["Acme.Base 1.0.0", "Acme.Lib 1.0.0"], start.Packages.Select(static each => $"{each.Name} {each.Version}").Order());
        Assert.All(start.Packages, static package => Assert.NotEmpty(package.Hash!));
        Assert.Equal((before[0].RequestId, 40, "team/old:v1"), (start.RequestId, start.FullId!.Length, start.Names.Single()));
        Assert.Equal(
            [PackagePhase.Finding, PackagePhase.Storing, PackagePhase.Unpacking],
            _events.All.OfType<RunEvent.PackageProgress>().Select(static each => each.Phase).Distinct());

        _events.All.Clear();
        var again = await FlowRunner.ResolveEnvironmentsAsync<PackagedFlow>(new StepEnvironmentOptions { Steps = ["start"] }, Options);
        var after = await FlowRunner.FindEnvironmentsAsync<PackagedFlow>(new StepEnvironmentOptions { IsLocalOnly = true }, Options);
        Assert.Equal((false, start.FullId), (Assert.Single(again).IsNew, again[0].FullId));
        Assert.Equal((StepEnvironmentState.OnThisMachine, start.FullId), (after[0].State, after[0].FullId));
        Assert.Empty(_events.All);

        var run = await FlowRunner.RunAsync<PackagedFlow>(Options);
        Assert.Equal("Acme.Base.dll,Acme.Lib.dll", run.EnsureSucceeded().Data.Seen);
        var task = run.Handle.Tasks("start")[0].Untyped;
        Assert.Contains(start.FullId!, task.MetadataDictionary["conda_env_id"], StringComparison.Ordinal);

        // The run says at its start which environments its tasks will have, so that nobody tidies them up.
        var parameters = new MetaflowClient(_folder).WithNamespace(null).GetTaskAsync($"PackagedFlow/{run.RunId}/_parameters/0", null);
        var planned = (await (await parameters).GetMetadataAsync()).Where(static datum => datum.Field == "planned-environment");
        Assert.Equal(2, planned.Count());
    }

    [Fact]
    public async Task A_dry_run_for_another_kind_of_machine_stores_nothing()
    {
        var found = await FlowRunner.ResolveEnvironmentsAsync<PackagedFlow>(
            new StepEnvironmentOptions { Architectures = ["osx-arm64"], IsDryRun = true }, Options);

        Assert.Equal(
            [("start", "osx-arm64", StepEnvironmentState.Resolved), ("other", "osx-arm64", StepEnvironmentState.Resolved)],
            found.Select(static each => (each.Step, each.Architecture, each.State)));
        Assert.False(Directory.Exists(Path.Combine(_folder, "environments")));
        Assert.False(Directory.Exists(Path.Combine(_folder, "conda_env")));
        Assert.Equal(StepEnvironmentState.Unresolved, (await FlowRunner.FindEnvironmentsAsync<PackagedFlow>(options: Options))[0].State);
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_refused_before_anything_is_looked_for()
    {
        await RefusedAsync(ErrorCodes.ResumedStepUnknown, new StepEnvironmentOptions { Steps = ["nothing"] });
        await RefusedAsync(ErrorCodes.InvalidValue, new StepEnvironmentOptions { Architectures = ["toaster"] });
        var name = await Assert.ThrowsAsync<EnvironmentException>(() => FlowRunner.ResolveEnvironmentsAsync<PackagedFlow>(
            new StepEnvironmentOptions { Names = ["Not A Name"] }, Options));
        Assert.Equal(ErrorCodes.EnvironmentNameInvalid, name.Code);
        await Assert.ThrowsAsync<OperationCanceledException>(() => FlowRunner.ResolveEnvironmentsAsync<PackagedFlow>(
            options: Options, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Empty(_events.All);
    }

    private async Task RefusedAsync(string code, StepEnvironmentOptions environments)
        => Assert.Equal(
            code, (await Assert.ThrowsAsync<ConfigurationException>(
                () => FlowRunner.ResolveEnvironmentsAsync<PackagedFlow>(environments, Options))).Code);

    private sealed class KeptEvents : IProgress<RunEvent>
    {
        public List<RunEvent> All { get; } = [];

        public void Report(RunEvent value)
        {
            lock (All)
            {
                All.Add(value);
            }
        }
    }
}
