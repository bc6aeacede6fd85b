namespace Metaflow.Serialization;

/// <summary>Addresses as the texts that they are made of: escapes stay as they are written.</summary>
internal static class UriText
{
    /// <summary>Returns the text that is read as the same address.</summary>
    public static string Of(Uri uri)
    {
        // The path of a file may be given without a scheme, and would be read as a relative address.
        var hasScheme = uri.IsAbsoluteUri && uri.OriginalString.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase);
        return uri.IsAbsoluteUri && !hasScheme ? uri.AbsoluteUri : uri.OriginalString;
    }

    /// <summary>Reads an address; <see langword="null"/> for a text that is not an address.</summary>
    public static Uri? Parse(string text)
        => Uri.TryCreate(text, text.StartsWith('/') ? UriKind.Relative : UriKind.RelativeOrAbsolute, out var uri) ? uri : null;
}
