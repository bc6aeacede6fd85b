using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.S3;

/// <summary>Stores in a bucket of S3, beyond their contract.</summary>
public sealed class S3StoreTests(MotoServer moto) : ObjectStoreTests
{
    protected override Task<Uri> ServerAsync() => moto.RequiredAsync();

    protected override Task<string> CreatePlaceAsync(Uri server) => Buckets.CreatePlaceAsync(server);

    protected override IBlobStore StoreOf(Uri server, string place, int retries)
        => Buckets.StoreOf(server, place, change: settings => settings with { Retries = retries });

    protected override async Task<bool> HasPartsAsync()
    {
        using var client = new HttpClient();
        var uploads = await client.GetStringAsync(new Uri(await moto.RequiredAsync(), $"/{new Uri(Store.Root).Host}?uploads"), Token);
        return uploads.Contains("<Upload>", StringComparison.Ordinal);
    }
}
