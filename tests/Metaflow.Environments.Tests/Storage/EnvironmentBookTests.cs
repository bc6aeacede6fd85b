using Metaflow.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Environments.Records;
using Metaflow.Environments.Settings;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Workspaces;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Environments.Tests.Storage;

/// <summary>Environments are looked for on this machine, then in the datastore.</summary>
public sealed class EnvironmentBookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunStores _stores = RunStores.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_environment_is_found_on_this_machine_or_in_the_datastore()
    {
        var (here, there) = (Samples.Conda("0.1"), Samples.NuGet());
        await Book().AddAsync([here], Token);
        await Book().PublishAsync([there], Token);

        Assert.Equal(here.Id, (await Book().FindAsync(here.Id, Token))!.Id);
        Assert.Equal(there.Id, (await Book().FindAsync(there.Id, Token))!.Id);
        Assert.Null(await Book().WithoutCache().FindAsync(there.Id, Token));
        Assert.Null(await Book().FindAsync(Samples.Conda("0.2").Id, Token));
    }

    [Theory]
    [InlineData(":none:", null)]
    [InlineData(":username:", "0.2")]
    [InlineData(":any:", "0.3")]
    [InlineData("bob,  carol", "0.1")]
    [InlineData("dave", null)]
    public async Task Without_a_chosen_one_the_setting_says_whose_newest_environment_counts(string setting, string? version)
    {
        await Book().PublishAsync([Of("0.1", "bob", 1), Of("0.2", "ada", 2), Of("0.0", "ada", 1), Of("0.3", "eve", 3)], Token);
        Assert.True(RemoteLatest.TryParse(setting, "ada", out var latest));

        var found = await Book(latest).FindDefaultAsync(Samples.Conda().Id.RequestId, Samples.Machine, null, Token);

        Assert.Equal(version, found?.Packages[0].Version);
        Assert.Null(await Book(latest).WithoutCache().FindDefaultAsync(Samples.Conda().Id.RequestId, Samples.Machine, null, Token));
    }

    [Fact]
    public async Task The_chosen_environment_counts_whatever_is_newer()
    {
        var chosen = Of("0.1", "bob", 1);
        await Book().PublishAsync([Of("0.3", "eve", 3)], Token);
        await Book().SetDefaultAsync(chosen, Token);

        var found = await Book(new RemoteLatest(true, null)).FindDefaultAsync(chosen.Id.RequestId, Samples.Machine, null, Token);

        Assert.Equal(chosen.Id, found!.Id);
    }

    [Fact]
    public async Task What_else_counts_for_the_identity_has_to_be_the_same()
    {
        Dictionary<string, string> keys = new() { ["lock"] = "1" };
        var (chosen, other) = (Of("0.3", "ada", 3), Of("0.1", "ada", 1) with { UniqueKeys = keys });
        await Book().SetDefaultAsync(chosen, Token);
        await Book().PublishAsync([other], Token);
        var any = Book(new RemoteLatest(true, null));
        var request = chosen.Id.RequestId;

        Assert.Equal(other.Id, (await any.FindDefaultAsync(request, Samples.Machine, keys, Token))!.Id);
        Assert.Null(await Book().FindDefaultAsync(request, Samples.Machine, keys, Token));
        Assert.Null(await any.FindDefaultAsync(request, Samples.Machine, new Dictionary<string, string> { ["lock"] = "2" }, Token));
        Assert.Equal(chosen.Id, (await any.FindDefaultAsync(request, Samples.Machine, null, Token))!.Id);
    }

    [Fact]
    public async Task A_name_that_moves_is_asked_for_in_the_datastore_and_others_only_if_this_machine_does_not_know_them()
    {
        var (first, second) = (Samples.Conda("0.1"), Samples.Conda("0.2"));
        await Book().SetNamesAsync(first, [new("a", "latest"), new("a", "v1")], Token);
        await Cache().SetNamesAsync(EnvironmentTarget.Of(second.Id), [new("a", "latest"), new("a", "v2")], Token);

        Assert.Equal(second.Id, await Book().ResolveAsync("a", Samples.Machine, Token));
        Assert.Equal(first.Id, await Book().WithoutCache().ResolveAsync("a:latest", Samples.Machine, Token));
        Assert.Equal(first.Id, await Book().ResolveAsync("a:v1", Samples.Machine, Token));
        Assert.Equal(second.Id, await Book().ResolveAsync("a:v2", Samples.Machine, Token));
        Assert.Null(await Book().ResolveAsync("a:v3", Samples.Machine, Token));
        Assert.Equal([new("a", "latest"), new("a", "v2")], await Book().NamesOfAsync(second.Id, Token));
        Assert.Equal([new EnvironmentName("a", "v1")], await Book().NamesOfAsync(first.Id, Token));
    }

    [Fact]
    public async Task A_name_that_does_not_move_is_refused_before_anything_is_stored()
    {
        await Book().WithoutCache().SetNamesAsync(Samples.Conda("0.1"), [new("a", "v1")], Token);

        var error = await Assert.ThrowsAsync<EnvironmentException>(
            async () => await Book().SetNamesAsync(Samples.Conda("0.2"), [new("b", "v1"), new("a", "v1")], Token));

        Assert.Equal(ErrorCodes.EnvironmentNameTaken, error.Code);
        Assert.Empty(await Cache().NamesAsync(skipsDamaged: false, Token));
    }

    [Fact]
    public async Task Hashes_lead_to_the_environment_on_the_kind_of_machine_that_is_asked_for()
    {
        var environment = Samples.Conda();
        await Book().PublishAsync([environment], Token);

        Assert.Equal(environment.Id, await Book().ResolveAsync($"{environment.Id}", Samples.Machine, Token));
        Assert.Equal(environment.Id, await Book().ResolveAsync(environment.Id.FullId, Samples.Machine, Token));
        Assert.Equal("osx-64", (await Book().ResolveAsync(environment.Id.FullId, "osx-64", Token))!.Architecture);
        Assert.Null(await Book().WithoutCache().ResolveAsync(environment.Id.FullId, Samples.Machine, Token));
        await Book().AddAsync([environment], Token);
        Assert.Equal(environment.Id, await Book().WithoutCache().ResolveAsync(environment.Id.FullId, Samples.Machine, Token));
    }

    [Fact]
    public async Task A_task_leads_to_the_environment_that_it_had()
    {
        var (first, second) = (Samples.Conda("0.1").Id, Samples.Conda("0.2").Id);
        var run = await _stores.Metadata.RegisterRunAsync(new RunRecord("Flow", "7", "bob", [], ["user:bob"], default), Token);
        await RecordAsync(run, "start", "1", $"[\"{first.RequestId}\", \"{first.FullId}\", \"osx-64\"]");
        await RecordAsync(run, "start", "2", $"[\"{second.RequestId}\", \"{second.FullId}\", \"osx-64\"]");
        await RecordAsync(run, "end", "3", null);
        await RecordAsync(run, "old", "4", "1234abcd");

        Assert.Equal(first, await Book().ResolveAsync("step:Flow/7/start/1", Samples.Machine, Token));
        Assert.Contains(await Book().ResolveAsync("step:Flow/7/start", Samples.Machine, Token), new[] { first, second });
        foreach (var step in (string[])["end", "old"])
        {
            var error = await Assert.ThrowsAsync<EnvironmentException>(
                async () => await Book().ResolveAsync($"step:Flow/7/{step}", Samples.Machine, Token));
            Assert.Equal(ErrorCodes.TaskHasNoEnvironment, error.Code);
            Assert.Contains($"Flow/7/{step}", error.What, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<MetadataException>(async () => await Book().ResolveAsync("step:Flow/7/nowhere", Samples.Machine, Token));
    }

    [Fact]
    public async Task A_damaged_name_is_in_nobodys_way_except_whoever_asks_for_it()
    {
        var environment = Samples.Conda();
        await Book().AddAsync([environment], Token);
        await Book().SetNamesAsync(environment, [EnvironmentName.Parse("team/good:v1")], Token);
        await _stores.Blobs.SaveAsync(
            [new BlobWrite("envs/aliases/generic/team/bad/latest", "{"u8.ToArray())], overwrite: true, Token);

        Assert.Equal("team/good:v1", Assert.Single(await Book().NamesOfAsync(environment.Id, Token)).ToString());
        var error = await Assert.ThrowsAsync<EnvironmentException>(
            async () => await Book().ResolveAsync("team/bad", Samples.Machine, Token));
        Assert.Equal(ErrorCodes.EnvironmentRecordUnreadable, error.Code);
    }

    [Fact]
    public async Task The_settings_say_where_all_of_it_is()
    {
        var settings = new MetaflowSettings
        {
            User = "ada",
            Datastore = StoreAddress.Local(_folder.Root),
            Environment = new Dictionary<string, string> { ["METAFLOW_CONDA_MAGIC_FILE_V2"] = "mine.cnd" },
        };
        var options = StoreOptions.Of(settings.Environment, TimeProvider.System);
        var environment = Samples.Conda();

        var book = EnvironmentWorkspace.Open(settings, options, "dotnet", _folder.Path, SilentObserver.Instance).Book;
        await book.AddAsync([environment], Token);
        await book.PublishAsync([environment], Token);

        Assert.True(File.Exists(Path.Combine(_folder.Root, "mine.cnd")));
        var id = environment.Id;
        Assert.True(File.Exists(Path.Combine(_folder.Path, "conda_env", "envs", id.Architecture, id.RequestId, id.FullId, "env")));
    }

    private static ResolvedEnvironment Of(string version, string user, int day)
        => Samples.Conda(version) with { ResolvedBy = user, ResolvedOn = Samples.Moment.AddDays(day) };

    private async Task RecordAsync(RunRecord run, string step, string task, string? environment)
    {
        var path = new TaskPath(run.Flow, run.RunId, step, task);
        await _stores.Metadata.RegisterTaskAsync(run, path, Token);
        IReadOnlyList<MetadataDatum> data = environment is null
            ? [] : [new MetadataDatum("conda_env_id", "conda_env_id", environment, ["attempt_id:0"])];
        await _stores.Metadata.RecordAsync(run, path, data, [], Token);
    }

    private EnvironmentCache Cache() => new(_stores.Blobs);

    private EnvironmentBook Book(RemoteLatest? latest = null) => new(
        new LocalManifest(_folder.Root, "conda_v2.cnd", TimeSpan.FromMinutes(1), TimeProvider.System),
        Cache(),
        latest ?? RemoteLatest.None,
        () => new MetaflowClient(_stores.Metadata, _stores.Blobs, "user:ada"));
}
