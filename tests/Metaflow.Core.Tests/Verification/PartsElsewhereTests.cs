using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Verification;

namespace Metaflow.Core.Tests.Verification;

/// <summary>Checks datastores of runs whose records and data are in different places.</summary>
public sealed class PartsElsewhereTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _records = new();
    private readonly TemporaryFolder _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _records.Dispose();
        _data.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_whose_data_is_in_another_store_and_the_data_have_no_faults_and_are_named(bool isFar)
    {
        IBlobStore data = isFar ? new MemoryBlobStore() : new LocalBlobStore(_data.Root);
        var run = await WriteAsync(data);
        var records = await CheckAsync(new LocalBlobStore(_records.Root));
        Assert.Empty(records.Faults);
        Assert.Contains($"'{StoreAddress.Of(data)}'", Assert.Single(records.Notes), StringComparison.Ordinal);

        var found = await CheckAsync(data);
        Assert.Empty(found.Faults);
        Assert.Contains($"the run '{run}'", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_run_whose_data_is_elsewhere_another_that_lost_its_data_is_a_fault()
    {
        await WriteAsync(new MemoryBlobStore());
        var lost = (await new SampleRun(_records.Root).WriteAsync(1)).Run.RunId;
        foreach (var file in Directory.GetFiles(Path.Combine(_records.Root, Flow, lost), "0.*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        var check = await CheckAsync(new LocalBlobStore(_records.Root));
        Assert.Contains(check.Faults, static fault => fault.Code == ErrorCodes.RecordsContradict);
        Assert.All(check.Faults, fault => Assert.StartsWith($"{Flow}/", fault.Path, StringComparison.Ordinal));
        Assert.Single(check.Notes);
    }

    [Fact]
    public async Task A_folder_that_was_moved_and_lost_its_data_has_faults_although_its_records_name_another_place()
    {
        var run = (await new SampleRun(_data.Root).WriteAsync(1)).Run.RunId;
        Directory.Move(_data.Root, _records.Root);
        Assert.Empty((await CheckAsync(new LocalBlobStore(_records.Root))).Faults);
        foreach (var file in Directory.GetFiles(Path.Combine(_records.Root, Flow, run), "0.*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        Assert.Contains(
            (await CheckAsync(new LocalBlobStore(_records.Root))).Faults, static fault => fault.Code == ErrorCodes.RecordsContradict);
    }

    private async Task<string> WriteAsync(IBlobStore data)
    {
        var stores = new RunStores(data, new LocalMetadataProvider(_records.Root, TimeProvider.System));
        return (await new SampleRun(stores).WriteAsync(1)).Run.RunId;
    }

    private static async Task<FlowVerification> CheckAsync(IBlobStore blobs)
        => Assert.Single(await new DatastoreVerifier(blobs, hasRecords: true, TimeProvider.System)
            .VerifyAsync(new VerificationRequest(), Token).ToListAsync(Token));
}
