using Metaflow.Gcp.Gs;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Stores in buckets of a server of Google's protocol.</summary>
internal static class GoogleBuckets
{
    public static ObjectBlobStore StoreOf(Uri server, string bucket, int retries = 20, ConnectionPool? connections = null)
    {
        var settings = new GsSettings { Endpoint = server, IsEmulator = true, Retries = retries };
        connections ??= new ConnectionPool(new CertificateCheck("x", null));
        var client = new ObjectClient(new GsService(bucket, settings, tokens: null), settings, connections, TimeProvider.System);
        return new ObjectBlobStore(GsService.Type, $"gs://{bucket}/some/prefix", "some/prefix", client);
    }
}
