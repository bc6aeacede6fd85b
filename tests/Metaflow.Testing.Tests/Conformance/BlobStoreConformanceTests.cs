using Metaflow.Storage;
using Metaflow.Testing.Conformance;

namespace Metaflow.Testing.Tests.Conformance;

public sealed class BlobStoreConformanceTests
{
    public static TheoryData<string> Cases => new(ConformanceSuite.CasesOf<BlobStoreConformance>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        StoreFault.ReplacesUnasked, nameof(BlobStoreConformance.Overwriting_replaces_and_not_overwriting_keeps), "'first'", "'second'")]
    [InlineData(
        StoreFault.NeverReplaces, nameof(BlobStoreConformance.Overwriting_replaces_and_not_overwriting_keeps), "'third'", "'first'")]
    [InlineData(
        StoreFault.ListsObjectsAsFolders, nameof(BlobStoreConformance.A_listing_tells_folders_from_objects_and_hides_companions),
        "Name = one, IsFolder = False", "Name = one, IsFolder = True")]
    [InlineData(
        StoreFault.ListsByPrefix, nameof(BlobStoreConformance.A_listing_tells_folders_from_objects_and_hides_companions), "(4 items)",
        "(5 items)")]
    [InlineData(
        StoreFault.HidesNames, nameof(BlobStoreConformance.A_listing_tells_folders_from_objects_and_hides_companions), "(4 items)",
        "(2 items)")]
    [InlineData(StoreFault.LosesPacking, nameof(BlobStoreConformance.The_packing_of_a_blob_is_kept_with_it), "True", "False")]
    [InlineData(StoreFault.LosesEmptyObjects, nameof(BlobStoreConformance.What_was_saved_is_read_back), "an object at 'a/b/d'", "nothing")]
    [InlineData(StoreFault.InventsObjects, nameof(BlobStoreConformance.What_was_not_saved_is_absent), "nothing", "BlobRead")]
    [InlineData(
        StoreFault.KeepsHalfAnObject, nameof(BlobStoreConformance.A_write_that_fails_leaves_nothing_of_its_object_visible), "nothing", "4")]
    [InlineData(
        StoreFault.SwallowsFailures, nameof(BlobStoreConformance.A_write_that_fails_leaves_nothing_of_its_object_visible), "an error",
        "no error")]
    [InlineData(
        StoreFault.ReplacesInPlace, nameof(BlobStoreConformance.Readers_see_an_object_whole_while_it_is_replaced), "(100000 characters)",
        "(50000 characters)")]
    [InlineData(
        StoreFault.SavesAHundred, nameof(BlobStoreConformance.Many_objects_are_saved_in_one_call), "an object at 'many/5/299'", "nothing")]
    [InlineData(StoreFault.ClaimsToWin, nameof(BlobStoreConformance.Of_many_who_create_an_object_at_once_exactly_one_wins), "1", "20")]
    [InlineData(StoreFault.LetsTwoWin, nameof(BlobStoreConformance.Of_many_who_create_an_object_at_once_exactly_one_wins), "1", "")]
    [InlineData(StoreFault.ClaimsToWin, nameof(BlobStoreConformance.A_save_tells_which_objects_it_stored), "False", "True")]
    [InlineData(StoreFault.ShowsTheLastFirst, nameof(BlobStoreConformance.The_last_object_of_a_call_is_seen_after_all_others), "0", "")]
    [InlineData(StoreFault.MixesUpStates, nameof(BlobStoreConformance.Batches_answer_in_the_order_asked), "[3, nothing, 1", "[nothing, 1")]
    [InlineData(StoreFault.MixesUpReads, nameof(BlobStoreConformance.Batches_answer_in_the_order_asked), "(5 items)", "(4 items)")]
    [InlineData(
        StoreFault.ForgetsToDelete, nameof(BlobStoreConformance.What_was_deleted_is_gone_and_nothing_else), "[nothing, nothing", "[1, 1")]
    [InlineData(
        StoreFault.DeletesFolders, nameof(BlobStoreConformance.What_was_deleted_is_gone_and_nothing_else), "2, 1, 1]", "nothing, 1]")]
    public async Task A_store_that_breaks_a_promise_fails_its_case(StoreFault fault, string name, string expected, string found)
    {
        var error = await Assert.ThrowsAsync<ConformanceException>(() => new Suite(() => new FaultyBlobStore(fault)).RunAsync(name, Token));

        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(error.Promise, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_store_that_is_shared_and_not_empty_conforms(string name)
    {
        var store = new MemoryBlobStore();
        await store.SaveAsync(
            [new BlobWrite("a/b/c", "there"u8.ToArray()), new BlobWrite("x", ReadOnlyMemory<byte>.Empty)], overwrite: true, Token);

        await new Suite(() => store).RunAsync(name, Token);
        await new Suite(() => store).RunAsync(name, Token);
    }

    private sealed class Suite(Func<IBlobStore> create) : BlobStoreConformance
    {
        protected override IBlobStore Create() => create();
    }
}
