using System.Globalization;

namespace Metaflow.Cli.Values;

/// <summary>Writes a number of bytes for people.</summary>
internal static class ByteCount
{
    /// <summary>Returns the text of a number of bytes.</summary>
    /// <param name="bytes">The number.</param>
    /// <returns>The text, such as <c>1.5 MB</c>, of 1,048,576 bytes each.</returns>
    public static string Of(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.#} GB"),
    };
}
