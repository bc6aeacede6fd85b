using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Data;

/// <summary>The address of an object or of a folder of objects.</summary>
/// <param name="Scheme">The store's type, such as <c>s3</c>.</param>
/// <param name="Place">The bucket or container; of a local one, the root of the file system.</param>
/// <param name="Key">The key there, without slashes around it.</param>
internal sealed record DataAddress(string Scheme, string Place, string Key)
{
    private const string Separator = "://";

    /// <summary>Gets what full addresses of its place begin with.</summary>
    public string Start => Scheme == StoreAddress.LocalType ? $"{Scheme}{Separator}{Place}" : $"{Scheme}{Separator}{Place}/";

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address: <c>s3://bucket/key</c>, <c>local:///folder/key</c>, or the path of a folder.</param>
    /// <exception cref="Errors.ConfigurationException">It is none (MF2082).</exception>
    public static DataAddress Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (MistakenAddress.MeantBy(text) is { } meant)
        {
            throw DataErrors.Invalid(
                text, $"It is almost the address '{ShownAddress.Of(meant)}'.", "Write that, or './' before the name of a folder.");
        }

        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        var scheme = end < 0 ? StoreAddress.LocalType : text[..end];
        var rest = end < 0 ? text : text[(end + Separator.Length)..];
        return scheme == StoreAddress.LocalType ? Local(UserPath.Of(rest, Environment.CurrentDirectory)) : Remote(text, scheme, rest);
    }

    /// <summary>Returns true if a text has the form of a full address.</summary>
    /// <param name="text">The text.</param>
    public static bool IsFull(string text) => text.IndexOf(Separator, StringComparison.Ordinal) > 0;

    /// <summary>Returns the key of something below it.</summary>
    /// <param name="key">The key relative to it; a slash at its beginning does not count.</param>
    /// <exception cref="Errors.ConfigurationException">The key is none (MF2082).</exception>
    public string KeyOf(string key)
    {
        var relative = key.TrimStart('/');
        Require(key, relative);
        return Key.Length == 0 ? relative : relative.Length == 0 ? Key : $"{Key}/{relative}";
    }

    private static DataAddress Local(string path)
    {
        var root = Path.GetPathRoot(path)!;
        return new DataAddress(StoreAddress.LocalType, root.Replace('\\', '/'), path[root.Length..].Replace('\\', '/').Trim('/'));
    }

    private static DataAddress Remote(string text, string scheme, string rest)
    {
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var place = slash < 0 ? rest : rest[..slash];
        var key = slash < 0 ? "" : rest[(slash + 1)..].TrimStart('/');
        if (scheme.Length == 0 || place.Length == 0)
        {
            throw DataErrors.Invalid(text, "An address is 'scheme://bucket/key'.", "Write it so, for example 's3://our-bucket/data.csv'.");
        }

        Require(text, key);
        return new DataAddress(scheme, place, key);
    }

    // Servers, proxies and file systems each make something else of them.
    private static void Require(string text, string key)
    {
        if (key.Split('/').Any(static part => part is "." or ".."))
        {
            throw DataErrors.Invalid(text, "A part of it is '.' or '..'.", "Write the key without such parts.");
        }
    }
}
