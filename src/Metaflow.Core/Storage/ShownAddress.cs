namespace Metaflow.Storage;

/// <summary>Shows addresses of stores and servers in messages, without the credentials that may be in them.</summary>
internal static class ShownAddress
{
    private const string Hidden = "***";

    /// <summary>Returns an address as others may see it: without the user before an <c>@</c>, and without what follows a
    /// <c>?</c>.</summary>
    /// <param name="address">The address, which may be written incorrectly.</param>
    public static string Of(string address)
    {
        var mark = address.AsSpan().IndexOfAny('?', '#');
        var path = mark < 0 ? address : address[..mark];
        return WithoutUser(path) + (mark < 0 ? "" : mark + 1 == address.Length ? address[mark..] : address[mark] + Hidden);
    }

    /// <summary>Returns true if an address names a user before its server.</summary>
    /// <param name="address">The address.</param>
    public static bool HasUser(Uri address) => address.UserInfo.Length > 0;

    private static string WithoutUser(string path)
    {
        var start = path.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var at = path.LastIndexOf('@');
        if (at < start)
        {
            return path;
        }

        var slash = path.IndexOf('/', start);
        return slash < 0 || at < slash || IsBeginOfUser(path[start..slash])
            ? string.Concat(path.AsSpan(0, start), Hidden, path.AsSpan(at))
            : path;
    }

    // A secret key may have slashes; a server has nothing but a port after a colon.
    private static bool IsBeginOfUser(string part)
        => part.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && !part.AsSpan(colon + 1).Trim("0123456789").IsEmpty;
}
