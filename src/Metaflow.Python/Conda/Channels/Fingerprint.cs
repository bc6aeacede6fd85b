namespace Metaflow.Python.Conda.Channels;

/// <summary>A short number for bytes, to tell damaged or listed ones from others (FNV-1a, 64 bits).</summary>
internal static class Fingerprint
{
    /// <summary>The number of no bytes.</summary>
    public const ulong Start = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    /// <summary>Returns the number of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="before">The number of the bytes before them.</param>
    /// <returns>The number.</returns>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong before = Start)
    {
        foreach (var value in bytes)
        {
            before = (before ^ value) * Prime;
        }

        return before;
    }

    /// <summary>Returns the number of a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The number.</returns>
    public static ulong Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));
}
