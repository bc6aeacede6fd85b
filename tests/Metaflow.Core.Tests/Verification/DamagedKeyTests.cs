using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Copying;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Testing;
using Metaflow.Verification;

namespace Metaflow.Core.Tests.Verification;

/// <summary>A record that was damaged may name anything in the place of a blob: a path that leads out of the datastore, or
/// nothing.</summary>
public sealed class DamagedKeyTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names =>
        ["../../../../outside", "/etc/hostname", "..", "", "a", "SHA", "aa000000000000000000000000000000000000/0"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_list_that_names_no_blob_is_one_fault_among_others(string name)
    {
        var run = await WriteAsync();
        await ReplaceKeyAsync(ListOf(run, "start", "1"), "blob", name);
        await File.WriteAllTextAsync(ListOf(run, "join", "4"), "{", Token);
        var faults = (await CheckAsync()).Faults;
        Assert.Equal(
            [ErrorCodes.RecordUnreadable, ErrorCodes.RecordUnreadable],
            faults.Where(static fault => fault.Path.EndsWith("0.data.json", StringComparison.Ordinal)).Select(static fault => fault.Code));
        Assert.Contains(faults, fault => fault.What.Contains($"'{name}' of 'blob' is not a hash", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, static fault => fault.IsLeftover || fault.Code == ErrorCodes.PathOutsideStore);
    }

    [Theory]
    [InlineData("{\"sha\":\"../../../outside\"}", "'../../../outside' is not a hash")]
    [InlineData("no JSON", "cannot be understood")]
    public async Task A_record_of_a_code_package_that_names_no_blob_is_a_fault(string value, string why)
    {
        var run = await WriteAsync();
        await RecordPackageAsync(run, value);
        var check = await CheckAsync();
        var fault = Assert.Single(check.Faults);
        Assert.Equal(ErrorCodes.MetadataUnreadable, fault.Code);
        Assert.Contains(why, fault.What, StringComparison.Ordinal);
        Assert.Contains(check.Notes, static note => note.Contains("not listed", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_copy_names_the_list_and_copies_the_rest_when_that_is_asked_for(string name)
    {
        var run = await WriteAsync();
        await ReplaceKeyAsync(ListOf(run, "start", "1"), "blob", name);
        var copier = new RunCopier(Stores(), Memory());
        var error = await Assert.ThrowsAsync<StorageException>(() => copier.CopyAsync(Flow, run, cancellationToken: Token));
        Assert.Equal(ErrorCodes.RunToCopyIsDamaged, error.Code);
        var report = await copier.CopyAsync(Flow, run, new RunCopyOptions { AllowsDamage = true }, cancellationToken: Token);
        var problem = Assert.Single(report.Problems);
        Assert.Equal(($"{Flow}/{run}/start/1/0.data.json", ErrorCodes.RecordUnreadable), (problem.Path, problem.Code));
    }

    [Fact]
    public async Task A_collection_keeps_all_blobs_because_one_of_them_was_named()
    {
        var run = await WriteAsync();
        await ReplaceKeyAsync(ListOf(run, "start", "1"), "blob", "../../outside");
        var error = await Assert.ThrowsAsync<StorageException>(CollectAsync);
        Assert.Equal(ErrorCodes.RecordUnreadable, error.Code);
        Assert.Contains("start/1/0.data.json", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_keeps_all_blobs_where_a_code_package_was_named()
    {
        var run = await WriteAsync();
        await RecordPackageAsync(run, "{\"sha\":\"../outside\"}");
        Assert.Equal(ErrorCodes.RecordUnreadable, (await Assert.ThrowsAsync<StorageException>(CollectAsync)).Code);
    }

    [Fact]
    public async Task The_error_of_a_reader_names_the_record_and_not_a_path()
    {
        var run = await WriteAsync();
        await ReplaceKeyAsync(ListOf(run, "start", "1"), "blob", "../../../../etc/hostname");
        var datastore = new FlowDatastore(Stores().Blobs, Flow, TimeProvider.System);
        var artifacts = await datastore.TryOpenAttemptAsync(new TaskPath(Flow, run, "start", "1"), 0, Token);
        var error = await Assert.ThrowsAsync<StorageException>(async () => await artifacts!.LoadPlainAsync("blob", Token));
        Assert.Equal(ErrorCodes.RecordUnreadable, error.Code);
        Assert.Equal(7L, await artifacts!.LoadPlainAsync("alpha", Token));
    }

    private async Task<string> WriteAsync() => (await new SampleRun(_folder.Root).WriteAsync(2)).Run.RunId;

    private string ListOf(string run, string step, string task) => Path.Combine(_folder.Root, Flow, run, step, task, "0.data.json");

    private static async Task ReplaceKeyAsync(string list, string artifact, string name)
    {
        var text = await File.ReadAllTextAsync(list, Token);
        var at = text.IndexOf($"\"{artifact}\":\"", StringComparison.Ordinal) + artifact.Length + 4;
        File.Delete(list);
        await File.WriteAllTextAsync(list, text[..at] + name + text[(at + 40)..], Token);
    }

    private async Task RecordPackageAsync(string run, string value)
        => await Stores().Metadata.RecordAsync(
            (await Stores().Metadata.FindRunAsync(Flow, run, Token))!, new TaskPath(Flow, run, "start", "1"),
            [new MetadataDatum("code-package", "code-package", value, [])], [], Token);

    private Task<CollectionReport> CollectAsync() => new GarbageCollector(
        new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(_folder.Root) },
        new ManualTimeProvider(DateTimeOffset.UtcNow.AddDays(3)))
            .CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, Token);

    private async Task<FlowVerification> CheckAsync()
        => Assert.Single(await new DatastoreVerifier(new LocalBlobStore(_folder.Root), hasRecords: true, TimeProvider.System)
            .VerifyAsync(new VerificationRequest(), Token).ToListAsync(Token));

    private RunStores Stores()
        => new(new LocalBlobStore(_folder.Root), new LocalMetadataProvider(_folder.Root, TimeProvider.System));

    private static RunStores Memory()
    {
        var blobs = new MemoryBlobStore();
        return new RunStores(blobs, new StoreMetadataProvider(blobs, TimeProvider.System));
    }
}
