namespace Metaflow.Environments.Requirements;

/// <summary>The addresses of sources as records and hashes contain them.</summary>
internal static class SourceAddress
{
    /// <summary>Returns a source without what must not be kept: the user's name and password.</summary>
    /// <param name="source">The name or the address of the source.</param>
    /// <returns>The source.</returns>
    public static string WithoutCredentials(string source)
    {
        var start = source.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return source;
        }

        start += 3;
        var length = source.AsSpan(start).IndexOfAny('/', '?', '#');
        var authority = length < 0 ? source.AsSpan(start) : source.AsSpan(start, length);
        var end = authority.LastIndexOf('@');
        return end < 0 ? source : string.Concat(source.AsSpan(0, start), source.AsSpan(start + end + 1));
    }

    /// <summary>Returns a source as requests name it: without credentials, and a channel of conda's usual host by its name.</summary>
    /// <param name="category">The category of the source.</param>
    /// <param name="source">The name or the address of the source.</param>
    /// <param name="condaHost">The host that names of channels stand for; <see langword="null"/> if none.</param>
    /// <returns>The source.</returns>
    public static string ForRequest(string category, string source, string? condaHost)
    {
        var address = WithoutCredentials(source.Trim());
        return category == Categories.Conda && Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host == condaHost
            && uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var channel, ..]
            ? channel
            : address;
    }
}
