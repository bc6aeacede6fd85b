using System.Globalization;

namespace Metaflow.Naming;

/// <summary>Amounts in texts for people.</summary>
internal static class AmountText
{
    /// <summary>Returns a count with its noun.</summary>
    /// <param name="count">The count.</param>
    /// <param name="noun">The noun for one.</param>
    /// <returns>The text, such as <c>3 runs</c>.</returns>
    public static string Count(long count, string noun)
        => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>Returns a number of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The text, such as <c>1.5 MB</c>.</returns>
    public static string Size(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.#} GB"),
    };
}
