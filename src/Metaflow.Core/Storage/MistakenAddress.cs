namespace Metaflow.Storage;

/// <summary>Recognizes texts that somebody meant as the address of a datastore in a cloud. Without it they would be taken for folders of
/// this machine, and the data would land there unnoticed.</summary>
internal static class MistakenAddress
{
    private const string Separators = ":;/\\";

    /// <summary>What addresses begin with, as this and other programs write it, and the type that is meant.</summary>
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["s3"] = "s3",
        ["s3a"] = "s3",
        ["s3n"] = "s3",
        ["gs"] = "gs",
        ["gcs"] = "gs",
        ["azure"] = "azure",
        ["az"] = "azure",
    };

    /// <summary>Returns the address that a text probably stands for.</summary>
    /// <param name="text">The text, such as <c>s3:/bucket</c>.</param>
    /// <returns>The address, such as <c>s3://bucket</c>; <see langword="null"/> for a text that is such an address, or that is not like
    /// one.</returns>
    public static string? MeantBy(string text)
    {
        var end = text.AsSpan().IndexOfAny(Separators);
        if (end <= 0 || !Types.TryGetValue(text[..end], out var type))
        {
            return null;
        }

        var rest = text[end..].TrimStart([.. Separators]);
        var separator = text[end..^rest.Length];

        // A folder may be called 's3'. And the root of a container has no slashes before it: 'azure:container/prefix'.
        return separator is "/" or "\\" || (separator == ":" && text.StartsWith("azure:", StringComparison.Ordinal)) ? null
            : $"{type}://{rest}" is var meant && meant == text ? null
            : meant;
    }

    /// <summary>Returns true if datastores of a type are in a cloud, so that their roots are addresses.</summary>
    /// <param name="type">The type.</param>
    public static bool IsOfCloud(string type) => Types.ContainsValue(type);
}
