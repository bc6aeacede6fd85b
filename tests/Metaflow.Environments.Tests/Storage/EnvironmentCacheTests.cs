using System.Text;
using Metaflow.Core.Tests.Storage;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Environments.Tests.Storage;

/// <summary>The environments in the datastore.</summary>
public sealed class EnvironmentCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_are_where_the_extension_looks_for_them_and_those_that_it_cannot_read_beside()
    {
        var (conda, nuget) = (Samples.Conda(), Samples.NuGet());

        await Open().SaveAsync([conda, nuget], Token);

        Assert.Equal(
            new[]
            {
                $"envs/aliases/full-id/{conda.Id.FullId}", $"envs/aliases/full-id/{nuget.Id.FullId}",
                $"envs/linux-64/{conda.Id.RequestId}/{conda.Id.FullId}/env", $"envs/linux-64/{nuget.Id.RequestId}/{nuget.Id.FullId}/dotnet",
            }.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_folder.Path, path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_stored_is_found()
    {
        var (conda, nuget) = (Samples.Conda(), Samples.NuGet());
        await Open().SaveAsync([conda, nuget], Token);

        var found = await Open().FindAsync([nuget.Id, conda.Id with { Architecture = "osx-64" }, conda.Id], Token);

        Assert.Equal([nuget.Id, null, conda.Id], found.Select(static environment => environment?.Id));
        Assert.Equal("hello", found[2]!.Packages[0].Name);
        Assert.Equal(EnvironmentTarget.Of(nuget.Id), await Open().TargetOfAsync(nuget.Id.FullId, Token));
        Assert.Null(await Open().TargetOfAsync(new string('0', 40), Token));
        Assert.Equal(2, (await Open().IdsAsync(Token)).Count);
    }

    [Fact]
    public async Task A_record_is_never_replaced()
    {
        var environment = Samples.Conda();
        await Open().SaveAsync([environment], Token);
        await Open().SaveAsync([environment with { ResolvedBy = "bob" }], Token);

        Assert.Equal("ada", (await Open().FindAsync([environment.Id], Token))[0]!.ResolvedBy);
    }

    [Fact]
    public async Task All_resolutions_of_some_requirements_are_listed()
    {
        var (first, second) = (Samples.Conda("0.1"), Samples.Conda("0.2"));
        await Open().SaveAsync([first, second, Samples.Conda("0.1", "other")], Token);

        var ids = await Open().IdsOfAsync(first.Id.RequestId, Samples.Machine, Token);

        Assert.Equal(new[] { first.Id, second.Id }.OrderBy(static id => id.FullId, StringComparer.Ordinal), ids);
        Assert.Empty(await Open().IdsOfAsync(first.Id.RequestId, "osx-64", Token));
    }

    [Fact]
    public async Task Names_are_kept_with_what_they_stand_for()
    {
        var target = EnvironmentTarget.Of(Samples.Conda().Id);
        EnvironmentName[] names = [new("team/training", "v1"), new("team/training", "latest"), new("a", "v2")];

        await Open().SetNamesAsync(target, names, Token);

        Assert.Equal(names.ToHashSet(), [.. (await Open().NamesAsync(skipsDamaged: false, Token)).Keys]);
        Assert.Equal(target, await Open().TargetOfAsync(names[0], Token));
        Assert.Equal(
            $"[\"{target.RequestId}\",\"{target.FullId}\"]",
            await File.ReadAllTextAsync(Path.Combine(_folder.Path, "envs/aliases/generic/team/training/v1"), Token));
    }

    [Fact]
    public async Task Only_names_that_may_move_do()
    {
        var (first, second) = (EnvironmentTarget.Of(Samples.Conda().Id), EnvironmentTarget.Of(Samples.NuGet().Id));
        await Open().SetNamesAsync(first, [new("a", "latest"), new("a", "v1")], Token);
        await Open().SetNamesAsync(first, [new("a", "v1")], Token);

        await Open().SetNamesAsync(second, [new("a", "latest")], Token);
        var error = await Assert.ThrowsAsync<EnvironmentException>(
            async () => await Open().SetNamesAsync(second, [new("a", "stable"), new("a", "v1")], Token));

        Assert.Equal(ErrorCodes.EnvironmentNameTaken, error.Code);
        Assert.Equal(second, await Open().TargetOfAsync(new EnvironmentName("a", "latest"), Token));
        Assert.Equal(first, await Open().TargetOfAsync(new EnvironmentName("a", "v1"), Token));
        Assert.Null(await Open().TargetOfAsync(new EnvironmentName("a", "stable"), Token));
    }

    [Fact]
    public async Task Of_two_that_give_one_name_at_once_one_gets_it()
    {
        var targets = Enumerable.Range(0, 8).Select(static i => EnvironmentTarget.Of(Samples.Conda($"{i}").Id)).ToList();

        var results = await Task.WhenAll(targets.Select(target => Task.Run(async () =>
        {
            try
            {
                await Open().SetNamesAsync(target, [new("a", "v1")], Token);
                return target;
            }
            catch (EnvironmentException error) when (error.Code == ErrorCodes.EnvironmentNameTaken)
            {
                return null;
            }
        })));

        Assert.Equal(await Open().TargetOfAsync(new EnvironmentName("a", "v1"), Token), Assert.Single(results.OfType<EnvironmentTarget>()));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_with_its_hash_but_not_with_names()
    {
        var environment = Samples.Conda();
        var other = environment with { Id = environment.Id with { Architecture = "osx-64" } };
        await Open().SaveAsync([environment, other, Samples.NuGet()], Token);
        await Open().SetNamesAsync(EnvironmentTarget.Of(environment.Id), [new("a", "v1")], Token);

        await Open().DeleteAsync([environment.Id], Token);
        Assert.Equal([null, other.Id], (await Open().FindAsync([environment.Id, other.Id], Token)).Select(static each => each?.Id));
        Assert.NotNull(await Open().TargetOfAsync(environment.Id.FullId, Token));

        await Open().DeleteAsync([other.Id], Token);
        Assert.Null(await Open().TargetOfAsync(environment.Id.FullId, Token));
        Assert.Single(await Open().NamesAsync(skipsDamaged: false, Token));
        Assert.Equal([Samples.NuGet().Id], await Open().IdsAsync(Token));

        await Open().DeleteNamesAsync([new("a", "v1")], Token);
        Assert.Empty(await Open().NamesAsync(skipsDamaged: false, Token));
    }

    [Theory]
    [InlineData("{\"deps\": ", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("[]", ErrorCodes.EnvironmentRecordUnreadable)]
    [InlineData("{\"packages\": [{\"_type\": \"npm\"}]}", ErrorCodes.EnvironmentRecordTooNew)]
    public async Task A_damaged_record_is_an_error_that_names_it(string text, string code)
    {
        var id = Samples.Conda().Id;
        var path = $"envs/{id.Architecture}/{id.RequestId}/{id.FullId}/env";
        await new LocalBlobStore(_folder.Path).SaveAsync([new BlobWrite(path, Encoding.UTF8.GetBytes(text))], overwrite: true, Token);

        var error = await Assert.ThrowsAsync<EnvironmentException>(async () => await Open().FindAsync([id], Token));

        Assert.Equal(code, error.Code);
        Assert.Contains(path, error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_name_is_an_error_that_names_it()
    {
        const string Place = "envs/aliases/generic/a/v1";
        await new LocalBlobStore(_folder.Path).SaveAsync([new BlobWrite(Place, "[\"x\"]"u8.ToArray())], overwrite: true, Token);

        var error = await Assert.ThrowsAsync<EnvironmentException>(
            async () => await Open().TargetOfAsync(new EnvironmentName("a", "v1"), Token));

        Assert.Equal(ErrorCodes.EnvironmentRecordUnreadable, error.Code);
        Assert.Contains(Place, error.What, StringComparison.Ordinal);
    }

    private EnvironmentCache Open() => new(new LocalBlobStore(_folder.Path));
}
