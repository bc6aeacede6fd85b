using Metaflow.Errors;
using Metaflow.Gcp.Gs;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.Gcp;

/// <summary>Stores in a bucket of Google, as its emulator imitates it.</summary>
public sealed class GsStoreTests(GoogleEmulator emulator) : ObjectStoreTests
{
    private string _bucket = "";

    [Fact]
    public async Task A_chunk_of_which_the_service_keeps_a_part_is_sent_again_from_there()
    {
        await using var rules = await RulesOfItsOwnAsync();
        rules.KeepsParts = true;
        var store = StoreOf(rules.Address, rules.CreateBucket(), retries: 0);
        var content = new byte[ObjectUpload.PartSize + 100];
        Random.Shared.NextBytes(content);

        Assert.Equal([true], await store.SaveAsync([new BlobWrite("large", content)], overwrite: false, Token));

        using var target = new MemoryStream();
        await (await store.OpenAsync("large", Token))!.Content.CopyToAsync(target, Token);
        Assert.Equal(content, target.ToArray());
    }

    [Fact]
    public async Task An_upload_that_the_service_forgot_is_an_error_that_may_pass()
    {
        await using var rules = await RulesOfItsOwnAsync();
        rules.LosesUploads = true;
        var store = StoreOf(rules.Address, rules.CreateBucket(), retries: 0);
        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.SaveAsync(
            [new BlobWrite("large", new byte[ObjectUpload.PartSize + 1])], overwrite: false, Token));
        Assert.Equal((ErrorCodes.StorageWriteFailed, true), (error.Code, error.IsTransient));
    }

    protected override async Task<Uri> ServerAsync() => (await emulator.RequiredAsync()).Address;

    protected override async Task<string> CreatePlaceAsync(Uri server) => _bucket = (await emulator.RequiredAsync()).CreateBucket();

    protected override IBlobStore StoreOf(Uri server, string place, int retries)
        => GoogleBuckets.StoreOf(server, place, retries);

    protected override async Task<bool> HasPartsAsync() => (await emulator.RequiredAsync()).HasUploads(_bucket);

    private async Task<GoogleRules> RulesOfItsOwnAsync() => await GoogleRules.StartAsync((await emulator.RequiredAsync()).Emulator);
}
