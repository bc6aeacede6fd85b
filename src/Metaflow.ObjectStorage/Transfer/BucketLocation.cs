using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>A bucket, and the beginning of the keys in it.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What keys begin with, without slashes around it; empty for the bucket itself.</param>
internal sealed record BucketLocation(string Bucket, string Prefix)
{
    /// <summary>Reads an address.</summary>
    /// <param name="address">The address, such as <c>s3://bucket/prefix</c>.</param>
    /// <param name="type">The type of the store, with which the address begins.</param>
    /// <param name="setting">The setting that has the address.</param>
    /// <exception cref="ConfigurationException">It is invalid (MF2080).</exception>
    public static BucketLocation Parse(string address, string type, string setting)
    {
        var scheme = type + "://";
        return TryParse(address, scheme) ?? throw Invalid(address, scheme, setting);
    }

    /// <summary>Returns the location that a bucket itself is.</summary>
    /// <param name="bucket">The name of the bucket.</param>
    /// <param name="type">The type of the store.</param>
    /// <param name="setting">The setting that has the address.</param>
    /// <exception cref="ConfigurationException">It is no such name (MF2080).</exception>
    public static BucketLocation OfBucket(string bucket, string type, string setting) => Parse($"{type}://{bucket}", type, setting);

    private static BucketLocation? TryParse(string address, string scheme)
    {
        var rest = address.StartsWith(scheme, StringComparison.Ordinal) ? address[scheme.Length..] : "";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        var prefix = slash < 0 ? "" : rest[(slash + 1)..].TrimEnd('/');
        var isValid = bucket.Length is >= 3 and <= 63
            && bucket.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_')
            && !prefix.Split('/').Any(static part => part is "." or "..") && !$"/{prefix}".Contains("//", StringComparison.Ordinal);
        return isValid ? new BucketLocation(bucket, prefix) : null;
    }

    private static ConfigurationException Invalid(string address, string scheme, string setting)
    {
        var meant = MistakenAddress.MeantBy(address) ?? scheme + address.TrimStart('/');
        return new ConfigurationException(
            ErrorCodes.StoreAddressInvalid,
            $"The datastore's address '{ShownAddress.Of(address)}' is invalid.",
            $"It must be '{scheme}bucket' or '{scheme}bucket/prefix', without empty parts, '.' or '..'. The name of a bucket has 3 to 63 "
                + "letters, digits, points and hyphens.",
            (TryParse(meant, scheme) is null ? "" : $"Did you mean '{meant}'? ") + $"Correct it {ObjectErrors.WhereItIsGiven(setting)}")
        { ExitCode = ExitCodes.Usage };
    }
}
