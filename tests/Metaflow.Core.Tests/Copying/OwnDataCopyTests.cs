using System.Text;
using Metaflow.Copying;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Copying;

/// <summary>Copies runs with data that their steps stored under names of their own.</summary>
public sealed class OwnDataCopyTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _other = new();
    private readonly RunStores _source;

    public OwnDataCopyTests() => _source = Local(_folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Data_of_steps_are_copied_from_where_the_settings_put_them_to_where_the_target_has_them()
    {
        var run = await WriteAsync(1);
        var elsewhere = Path.Combine(_folder.Path, "things");
        Directory.CreateDirectory(Path.Combine(elsewhere, Flow, run, "tables"));
        await File.WriteAllTextAsync(Path.Combine(elsewhere, Flow, run, "tables", "a.csv"), "a,b", Token);
        await SaveAsync(_source, $"data/{Flow}/{run}/mine.txt", "mine");
        var settings = new Dictionary<string, string>
        {
            ["METAFLOW_DATATOOLS_LOCALROOT"] = $"local://{elsewhere}/",
            ["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = _folder.Path,
        };
        var far = Memory();
        await new RunCopier(_source, far, StoreOptions.Of(settings, TimeProvider.System)).CopyAsync(Flow, run, cancellationToken: Token);
        Assert.Equal("a,b", await ReadAsync(far, $"data/{Flow}/{run}/tables/a.csv"));
        Assert.Equal("mine", await ReadAsync(far, $"data/{Flow}/{run}/mine.txt"));

        // The settings are for the source, and not for another folder.
        var other = Local(_other);
        await new RunCopier(far, other, StoreOptions.Of(settings, TimeProvider.System)).CopyAsync(Flow, run, cancellationToken: Token);
        Assert.Equal("a,b", await ReadAsync(other, $"data/{Flow}/{run}/tables/a.csv"));
    }

    [Fact]
    public async Task What_a_folder_keeps_beside_data_of_steps_comes_back_with_them()
    {
        var run = await WriteAsync(1);
        const string Kept = """{"content-type":"text/csv","metaflow-user-attributes":"{}"}""";
        await SaveAsync(_source, $"data/{Flow}/{run}/.typed.metaflow-object", Kept);
        await SaveAsync(_source, $"data/{Flow}/{run}/typed", "a,b");
        var far = Memory();
        await new RunCopier(_source, far).CopyAsync(Flow, run, cancellationToken: Token);
        var back = Local(_other);
        await new RunCopier(far, back).CopyAsync(Flow, run, cancellationToken: Token);
        Assert.Equal("a,b", await ReadAsync(back, $"data/{Flow}/{run}/typed"));
        Assert.Equal(Kept, await ReadAsync(back, $"data/{Flow}/{run}/.typed.metaflow-object"));
    }

    [Theory]
    [InlineData("a//b.txt")]
    [InlineData("x/")]
    [InlineData("c/./d")]
    [InlineData("c/../d")]
    [InlineData(".note.tmp")]
    [InlineData("sub")]
    [InlineData("<long>")]
    public async Task An_object_that_a_folder_cannot_hold_is_named_and_only_the_rest_is_copied_on_request(string name)
    {
        var far = Memory();
        var run = await WriteAsync(1);
        await new RunCopier(_source, far).CopyAsync(Flow, run, cancellationToken: Token);
        var odd = $"data/{Flow}/{run}/{name.Replace("<long>", new string('l', 260), StringComparison.Ordinal)}";
        string[] good = [$"data/{Flow}/{run}/sub/x", $"data/{Flow}/{run}/_meta/y", $"data/{Flow}/{run}/{new string('n', 250)}"];
        foreach (var path in (string[])[odd, .. good])
        {
            await SaveAsync(far, path, path);
        }

        var copier = new RunCopier(far, Local(_other));
        var planned = await copier.CopyAsync(Flow, run, new RunCopyOptions { IsDryRun = true }, cancellationToken: Token);
        Assert.Equal((odd, ErrorCodes.RunToCopyIsDamaged), Only(planned));
        Assert.Contains("cannot hold", planned.Problems[0].Reason, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<StorageException>(() => copier.CopyAsync(Flow, run, cancellationToken: Token));
        Assert.Equal(ErrorCodes.RunToCopyIsDamaged, error.Code);
        Assert.Contains($"'{odd}'", error.Why, StringComparison.Ordinal);

        var report = await copier.CopyAsync(Flow, run, new RunCopyOptions { AllowsDamage = true }, cancellationToken: Token);
        Assert.Equal((odd, ErrorCodes.RunToCopyIsDamaged), Only(report));
        foreach (var path in good)
        {
            Assert.Equal(path, await ReadAsync(Local(_other), path));
        }

        // From the folder with its long name, too.
        Assert.Empty((await new RunCopier(Local(_other), Memory()).CopyAsync(Flow, run, cancellationToken: Token)).Problems);
    }

    [Fact]
    public async Task A_type_for_which_the_name_of_an_object_leaves_no_room_is_not_lost_silently()
    {
        var far = Memory();
        var run = await WriteAsync(1);
        await new RunCopier(_source, far).CopyAsync(Flow, run, cancellationToken: Token);
        var typed = $"data/{Flow}/{run}/{new string('n', 250)}";
        await SaveAsync(far, typed, "typed");
        await SaveAsync(far, BlobProperties.CompanionOf(typed), """{"content-type":"text/csv"}""");
        var report = await new RunCopier(far, Local(_other)).CopyAsync(
            Flow, run, new RunCopyOptions { AllowsDamage = true }, cancellationToken: Token);
        Assert.Equal((typed, ErrorCodes.RunToCopyIsDamaged), Only(report));
    }

    [Fact]
    public async Task Keys_with_empty_parts_are_copied_to_a_store_that_can_hold_them()
    {
        var (far, farther) = (Memory(), Memory());
        var run = await WriteAsync(1);
        await new RunCopier(_source, far).CopyAsync(Flow, run, cancellationToken: Token);
        string[] names = ["a//b.txt", "x/", "sub", "sub/x"];
        foreach (var name in names)
        {
            await SaveAsync(far, $"data/{Flow}/{run}/{name}", name);
        }

        var report = await new RunCopier(far, farther).CopyAsync(Flow, run, cancellationToken: Token);
        Assert.Empty(report.Problems);
        foreach (var name in names)
        {
            Assert.Equal(name, await ReadAsync(farther, $"data/{Flow}/{run}/{name}"));
        }
    }

    private static (string Path, string Code) Only(RunCopyReport report)
    {
        var problem = Assert.Single(report.Problems);
        return (problem.Path, problem.Code);
    }

    [Theory]
    [InlineData("{things}/SampleFlow/{run}/.metaflow", true)]
    [InlineData("{link}/SampleFlow/.metaflow", true)]
    [InlineData("{things}/SampleFlow2/.metaflow", false)]
    [InlineData("{things}/.metaflow", false)]
    public async Task Nothing_is_copied_into_the_data_of_steps_wherever_the_settings_put_them(string name, bool isInside)
    {
        var run = await WriteAsync(1);
        var (things, link) = (Path.Combine(_other.Path, "things"), Path.Combine(_other.Path, "link"));
        Directory.CreateDirectory(things);
        Directory.CreateSymbolicLink(link, things);
        var root = name.Replace("{things}", things, StringComparison.Ordinal).Replace("{link}", link, StringComparison.Ordinal)
            .Replace("{run}", run, StringComparison.Ordinal);
        var target = new RunStores(new LocalBlobStore(root), new LocalMetadataProvider(root, TimeProvider.System));
        var settings = new Dictionary<string, string>
        {
            ["METAFLOW_DATATOOLS_LOCALROOT"] = things,
            ["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = _folder.Path,
        };
        var copier = new RunCopier(_source, target, StoreOptions.Of(settings, TimeProvider.System));
        var error = await Record.ExceptionAsync(() => copier.CopyAsync(Flow, run, cancellationToken: Token));
        Assert.Equal(isInside ? ErrorCodes.CopyNotPossible : null, (error as ConfigurationException)?.Code);
        Assert.Equal(isInside, !Directory.Exists(root));
    }

    private static RunStores Local(TemporaryFolder folder)
        => new(new LocalBlobStore(folder.Root), new LocalMetadataProvider(folder.Root, TimeProvider.System));

    private static RunStores Memory()
    {
        var blobs = new MemoryBlobStore();
        return new RunStores(blobs, new StoreMetadataProvider(blobs, TimeProvider.System));
    }

    private static async Task SaveAsync(RunStores stores, string path, string text)
        => await stores.Blobs.SaveAsync([new BlobWrite(path, Encoding.UTF8.GetBytes(text))], overwrite: true, Token);

    private static async Task<string> ReadAsync(RunStores stores, string path)
        => Encoding.UTF8.GetString((await stores.Blobs.ReadAsync(path, Token))!);

    private async Task<string> WriteAsync(int items) => (await new SampleRun(_folder.Root).WriteAsync(items)).Run.RunId;
}
