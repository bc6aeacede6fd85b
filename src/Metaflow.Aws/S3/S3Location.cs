using Metaflow.Errors;

namespace Metaflow.Aws.S3;

/// <summary>A bucket, and the beginning of the keys in it.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What keys begin with, without slashes around it; empty for the bucket itself.</param>
internal sealed record S3Location(string Bucket, string Prefix)
{
    private const string Scheme = "s3://";

    /// <summary>Reads an address.</summary>
    /// <param name="address">The address, <c>s3://bucket/prefix</c>.</param>
    /// <exception cref="ConfigurationException">It is invalid (MF2080).</exception>
    public static S3Location Parse(string address)
    {
        var rest = address.StartsWith(Scheme, StringComparison.Ordinal) ? address[Scheme.Length..] : "";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        var prefix = slash < 0 ? "" : rest[(slash + 1)..].TrimEnd('/');
        var isValid = bucket.Length is >= 3 and <= 63
            && bucket.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_')
            && !prefix.Split('/').Any(static part => part is "." or "..") && !prefix.Contains("//", StringComparison.Ordinal) && !prefix.StartsWith('/');
        return isValid ? new S3Location(bucket, prefix) : throw S3Errors.AddressInvalid(address);
    }

    /// <summary>Returns the location that a bucket itself is.</summary>
    /// <param name="bucket">The name of the bucket.</param>
    /// <exception cref="ConfigurationException">It is no such name (MF2080).</exception>
    public static S3Location OfBucket(string bucket) => Parse(Scheme + bucket);

    /// <summary>Returns the key of an object.</summary>
    /// <param name="path">The path relative to the prefix; empty for the prefix itself.</param>
    public string KeyOf(string path) => Prefix.Length == 0 ? path : path.Length == 0 ? Prefix : $"{Prefix}/{path}";
}
