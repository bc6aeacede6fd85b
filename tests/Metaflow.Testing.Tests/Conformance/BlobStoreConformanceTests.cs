using Metaflow.Storage;
using Metaflow.Testing.Conformance;

namespace Metaflow.Testing.Tests.Conformance;

public sealed class BlobStoreConformanceTests
{
    public static TheoryData<string> Cases => new(ConformanceSuite.CasesOf<BlobStoreConformance>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreFault.ReplacesUnasked, nameof(BlobStoreConformance.Overwriting_replaces_and_not_overwriting_keeps), "'first'", "'second'")]
    [InlineData(StoreFault.NeverReplaces, nameof(BlobStoreConformance.Overwriting_replaces_and_not_overwriting_keeps), "'third'", "'first'")]
    [InlineData(StoreFault.ListsObjectsAsFolders, nameof(BlobStoreConformance.A_listing_tells_folders_from_objects_and_hides_companions), "(one, False)", "(one, True)")]
    [InlineData(StoreFault.ListsByPrefix, nameof(BlobStoreConformance.A_listing_tells_folders_from_objects_and_hides_companions), "(4 items)", "(5 items)")]
    [InlineData(StoreFault.HidesNames, nameof(BlobStoreConformance.A_listing_tells_folders_from_objects_and_hides_companions), "(4 items)", "(2 items)")]
    [InlineData(StoreFault.LosesPacking, nameof(BlobStoreConformance.The_packing_of_a_blob_is_kept_with_it), "True", "False")]
    [InlineData(StoreFault.LosesEmptyObjects, nameof(BlobStoreConformance.What_was_saved_is_read_back), "an object at 'a/b/d'", "nothing")]
    [InlineData(StoreFault.InventsObjects, nameof(BlobStoreConformance.What_was_not_saved_is_absent), "nothing", "BlobRead")]
    [InlineData(StoreFault.KeepsHalfAnObject, nameof(BlobStoreConformance.A_write_that_fails_leaves_nothing_of_its_object_visible), "nothing", "4")]
    [InlineData(StoreFault.SwallowsFailures, nameof(BlobStoreConformance.A_write_that_fails_leaves_nothing_of_its_object_visible), "an error", "no error")]
    [InlineData(StoreFault.ReplacesInPlace, nameof(BlobStoreConformance.Readers_see_an_object_whole_while_it_is_replaced), "(100000 characters)", "(50000 characters)")]
    [InlineData(StoreFault.SavesAHundred, nameof(BlobStoreConformance.Many_objects_are_saved_in_one_call), "an object at 'many/5/299'", "nothing")]
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
        await store.SaveAsync([new BlobWrite("a/b/c", static stream => stream.Write("there"u8)), new BlobWrite("x", static _ => { })], overwrite: true, Token);

        await new Suite(() => store).RunAsync(name, Token);
        await new Suite(() => store).RunAsync(name, Token);
    }

    private sealed class Suite(Func<IBlobStore> create) : BlobStoreConformance
    {
        protected override IBlobStore Create() => create();
    }
}
