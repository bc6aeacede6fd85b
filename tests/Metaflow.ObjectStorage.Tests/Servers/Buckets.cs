using Metaflow.Aws.Credentials;
using Metaflow.Aws.S3;
using Metaflow.Aws.Signing;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Stores in buckets of their own at a server.</summary>
internal static class Buckets
{
    /// <summary>Creates a bucket.</summary>
    /// <returns>A store in it.</returns>
    public static async Task<ObjectBlobStore> CreateAsync(Uri server) => StoreOf(server, await CreatePlaceAsync(server));

    /// <summary>Creates a bucket.</summary>
    /// <returns>Its name.</returns>
    public static async Task<string> CreatePlaceAsync(Uri server)
    {
        var bucket = $"b{Guid.NewGuid():N}";
        var answer = await ClientOf(server, bucket).SendAsync(S3Service.Request("PUT", ""), "No bucket.", default);
        answer.Response.Dispose();
        Assert.True(answer.Response.Succeeded);
        return bucket;
    }

    public static ObjectBlobStore StoreOf(
        Uri server, string bucket, string prefix = "some/prefix", Func<S3Settings, S3Settings>? change = null,
        ConnectionPool? connections = null)
        => new(S3Service.Type, $"s3://{bucket}/{prefix}", prefix, ClientOf(server, bucket, change, connections));

    public static ObjectClient ClientOf(
        Uri server, string bucket, Func<S3Settings, S3Settings>? change = null, ConnectionPool? connections = null)
    {
        var settings = new S3Settings { Endpoint = server };
        settings = change?.Invoke(settings) ?? settings;
        var service = new S3Service(bucket, settings, new FixedCredentials(), TimeProvider.System);
        return new ObjectClient(
            service, settings, connections ?? new ConnectionPool(new CertificateCheck("x", null)), TimeProvider.System);
    }

    private sealed class FixedCredentials : ICredentialSource
    {
        public ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
            => ValueTask.FromResult<AwsCredentials?>(new AwsCredentials("AKTEST", "SKTEST"));
    }
}
