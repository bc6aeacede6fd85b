using Metaflow.Copying;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Verification;

namespace Metaflow.Core.Tests.Copying;

/// <summary>Copies a run while its tasks finish.</summary>
public sealed class RunningCopyTests
{
    private const string Flow = "SampleFlow";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_copy_of_a_running_run_has_each_task_that_the_copied_journal_says_finished()
    {
        var blobs = new MemoryBlobStore();
        var run = (await new SampleRun(On(blobs)).WriteAsync(1, succeeds: false)).Run.RunId;
        var first = """{"events": []}"""u8.ToArray();
        await WriteJournalAsync(On(blobs), run, first);
        var growing = new HookedBlobStore(blobs)
        {
            // A task finishes when the tasks have been listed.
            Looking = async paths =>
            {
                if (paths.Any(static path => path.Contains("/start/1/", StringComparison.Ordinal)))
                {
                    await WriteJournalAsync(On(blobs), run, first, """{"events": [{"event": "finished", "task": "9"}]}"""u8.ToArray());
                }
            },
        };
        var target = Memory();
        var options = new RunCopyOptions { AllowsRunning = true };
        await new RunCopier(On(growing), target).CopyAsync(Flow, run, options, null, Token);

        Assert.Empty(await FaultsAsync(target.Blobs));
        var completed = await new RunCopier(On(blobs), target).CopyAsync(Flow, run, options, null, Token);
        Assert.True(completed.WasThere);
        Assert.Equal(ErrorCodes.TaskLost, Assert.Single(await FaultsAsync(target.Blobs)).Code);
    }

    private static RunStores On(IBlobStore blobs) => new(blobs, new StoreMetadataProvider(blobs, TimeProvider.System));

    private static RunStores Memory() => On(new MemoryBlobStore());

    private static async Task WriteJournalAsync(RunStores stores, string run, params ReadOnlyMemory<byte>[] records)
    {
        await using var lease = await RunHomes.Of(stores.Blobs, TimeProvider.System).TryTakeAsync(Flow, run, Token);
        await using var journal = await lease!.BeginJournalAsync(records[0], Token);
        await journal.AppendAllAsync(records[1..], Token);
    }

    private static async Task<IReadOnlyList<DatastoreFault>> FaultsAsync(IBlobStore blobs)
        => [.. (await new DatastoreVerifier(blobs, hasRecords: true, TimeProvider.System)
            .VerifyAsync(new VerificationRequest(), Token).ToListAsync(Token)).SelectMany(static flow => flow.Faults)];
}
