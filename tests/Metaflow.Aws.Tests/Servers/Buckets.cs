using Metaflow.Aws.Credentials;
using Metaflow.Aws.Http;
using Metaflow.Aws.S3;
using Metaflow.Aws.Signing;

namespace Metaflow.Aws.Tests.Servers;

/// <summary>Stores in buckets of their own at a server.</summary>
internal static class Buckets
{
    /// <summary>Creates a bucket.</summary>
    /// <returns>A store in it.</returns>
    public static async Task<S3BlobStore> CreateAsync(
        Uri server, string prefix = "some/prefix", Func<S3Settings, S3Settings>? change = null)
    {
        var bucket = $"b{Guid.NewGuid():N}";
        var client = ClientOf(server, bucket, change);
        var answer = await client.SendAsync(S3Client.Request("PUT", ""), "No bucket.", default);
        answer.Response.Dispose();
        Assert.True(answer.Response.Succeeded);
        return StoreOf(server, bucket, prefix, change);
    }

    public static S3BlobStore StoreOf(
        Uri server, string bucket, string prefix = "some/prefix", Func<S3Settings, S3Settings>? change = null)
        => new($"s3://{bucket}/{prefix}", new S3Location(bucket, prefix), ClientOf(server, bucket, change));

    public static S3Client ClientOf(Uri server, string bucket, Func<S3Settings, S3Settings>? change = null)
    {
        var settings = new S3Settings { Endpoint = server };
        var connections = new ConnectionPool(new CertificateCheck("x", null));
        return new S3Client(bucket, change?.Invoke(settings) ?? settings, new FixedCredentials(), connections, TimeProvider.System);
    }

    private sealed class FixedCredentials : ICredentialSource
    {
        public ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
            => ValueTask.FromResult<AwsCredentials?>(new AwsCredentials("AKTEST", "SKTEST"));
    }
}
