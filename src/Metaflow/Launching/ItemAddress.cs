using System.Globalization;

namespace Metaflow.Launching;

/// <summary>Where the item of a foreach is kept.</summary>
/// <param name="SplitPath">The task that split, as <c>run/step/task</c>.</param>
/// <param name="Index">The item's index.</param>
internal sealed record ItemAddress(string SplitPath, int Index)
{
    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text: <c>run/step/task:index</c>.</param>
    /// <returns>The address, or <see langword="null"/> when the text is none.</returns>
    public static ItemAddress? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new ItemAddress(text[..colon], index)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SplitPath}:{Index}");
}
