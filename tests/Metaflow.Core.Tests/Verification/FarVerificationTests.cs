using Metaflow.Core.Tests.Cleanup;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Storage;
using Metaflow.Verification;

namespace Metaflow.Core.Tests.Verification;

/// <summary>Checks the datastore of a flow in a store without locks, and moves its damaged blobs away beside tasks that store
/// them.</summary>
public sealed class FarVerificationTests : FarGarbage
{
    [Fact]
    public async Task A_whole_run_has_no_faults_and_a_lost_object_is_found()
    {
        var run = await WriteAsync(2);
        Assert.Empty((await CheckAsync(new VerificationRequest { ReadsContent = true })).Faults);
        await Store().DeleteAsync([Blobs()[0], $"{Flow}/{run}/_meta/_self.json", $"{Flow}/{run}/start/1/0.data.json"], Token);
        Assert.Equal(
            [ErrorCodes.BlobMissing, ErrorCodes.RecordUnreadable, ErrorCodes.RecordsContradict],
            (await CheckAsync(new VerificationRequest())).Faults.Select(static fault => fault.Code).Order());
    }

    [Fact]
    public async Task A_damaged_blob_is_moved_away_and_written_again_although_the_store_is_believed_to_guard_it()
    {
        await WriteAsync(2);
        var path = Blobs().Max()!;
        await DamageAsync(path);
        var repaired = Assert.Single((await CheckAsync(new VerificationRequest { ReadsContent = true, Repairs = true })).Faults);
        Assert.Equal((ErrorCodes.BlobCorrupt, true), (repaired.Code, repaired.IsRepaired));
        Assert.DoesNotContain(path, Server.Paths);
        Assert.Contains($"{Flow}/_meta/damaged/{path[(path.LastIndexOf('/') + 1)..]}", Server.Paths);
        await WriteAsync(2);
        Assert.Empty((await CheckAsync(new VerificationRequest { ReadsContent = true })).Faults);
    }

    [Fact]
    public async Task A_task_that_stores_the_value_while_its_damaged_blob_is_moved_away_keeps_it()
    {
        var run = await WriteAsync(1);
        await Content().SaveAsync([Payload("wanted")], raw: false, Token);
        var path = datastorePathOf("wanted");
        await DamageAsync(path);

        // The task stores the value when the damage was found and the blob is about to go.
        var stored = false;
        var store = new HookedBlobStore(Store())
        {
            Deleting = async paths =>
            {
                if (paths.Contains(path) && !stored)
                {
                    stored = true;
                    await Store().SaveAsync(
                        [BlobWrite.Of(path, stream => stream.Write(Payload("wanted").FirstSpan)) with { Packing = new BlobPacking(true) }],
                        overwrite: true, Token);
                }
            },
        };
        var committing = StoredAsync(Datastore(), run, "9", "wanted");
        await CheckAsync(new VerificationRequest { ReadsContent = true, Repairs = true }, store);
        await (await committing).CommitAsync(Token);
        Assert.True(stored);
        await AssertValueAsync(run, "9", "wanted");

        string datastorePathOf(string value) => Content().PathOf(ContentAddressedStore.KeyOf(Payload(value)));
    }

    private async Task DamageAsync(string path)
        => await Store().SaveAsync([new BlobWrite(path, "damaged, and long enough for any value"u8.ToArray())], overwrite: true, Token);

    private async Task<FlowVerification> CheckAsync(VerificationRequest request, IBlobStore? store = null)
        => Assert.Single(await new DatastoreVerifier(store ?? Store(), hasRecords: true, TimeProvider.System)
            .VerifyAsync(request, Token).ToListAsync(Token));
}
