using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Aws.Signing;

/// <summary>Signs requests with version 4 of the signatures of AWS. Thread-safe.</summary>
/// <remarks>Source: "Authenticating Requests (AWS Signature Version 4)" of the API reference of Amazon S3.</remarks>
/// <param name="service">The name of the service, such as <c>s3</c>.</param>
internal sealed class SignatureV4(string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private SigningKey? _last;

    /// <summary>Adds the date, the hash of the body and the signature to a request.</summary>
    /// <param name="request">The request, complete but for these headers.</param>
    /// <param name="host">What the header <c>Host</c> will say.</param>
    /// <param name="region">The region of the server.</param>
    /// <param name="credentials">Who sends the request; <see langword="null"/> for a request without a signature.</param>
    /// <param name="now">The time, as the server has it.</param>
    public void Sign(ObjectRequest request, string host, string region, AwsCredentials? credentials, DateTimeOffset now)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(request.Body.Span));
        request.Headers["host"] = host;
        request.Headers["x-amz-content-sha256"] = hash;
        request.Headers.Remove("authorization");
        if (credentials is null)
        {
            return;
        }

        var date = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers["x-amz-date"] = date;
        if (credentials.SessionToken is { } token)
        {
            request.Headers["x-amz-security-token"] = token;
        }

        var names = request.Headers.JoinNames(';');
        var canonical = new StringBuilder(1024).Append(request.Method).Append('\n').Append(request.Path).Append('\n')
            .Append(request.QueryText).Append('\n');
        for (var i = 0; i < request.Headers.Count; i++)
        {
            canonical.Append(request.Headers.NameAt(i)).Append(':').Append(request.Headers.ValueAt(i)).Append('\n');
        }

        canonical.Append('\n').Append(names).Append('\n').Append(hash);
        var scope = $"{date[..8]}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{date}\n{scope}\n{HexHash(canonical.ToString())}";
        var proof = HMACSHA256.HashData(KeyFor(credentials.SecretAccessKey, date[..8], region), Encoding.UTF8.GetBytes(toSign));
        request.Headers["authorization"] =
            $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(proof)}";
    }

    private static string HexHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private byte[] KeyFor(string secret, string day, string region)
    {
        if (_last is { } last && last.Secret == secret && last.Day == day && last.Region == region)
        {
            return last.Key;
        }

        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(day));
        foreach (var part in (string[])[region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        _last = new SigningKey(secret, day, region, key);
        return key;
    }

    private sealed record SigningKey(string Secret, string Day, string Region, byte[] Key);
}
