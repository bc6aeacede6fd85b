using System.Globalization;

namespace Metaflow.Python.PyPI.Tags;

/// <summary>The first two numbers of the version of a C library or of macOS.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second number.</param>
internal readonly record struct LibraryVersion(int Major, int Minor) : IComparable<LibraryVersion>
{
    /// <summary>Reads a version.</summary>
    /// <param name="text">The text, such as <c>2.36</c> or <c>12</c>; what follows the second number does not count.</param>
    /// <param name="version">The version.</param>
    /// <returns><see langword="false"/> if the text is none.</returns>
    public static bool TryParse(string? text, out LibraryVersion version)
    {
        var parts = (text ?? "").Split('.');
        var minor = 0;
        var isRead = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && (parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out minor));
        version = isRead ? new LibraryVersion(major, minor) : default;
        return isRead;
    }

    /// <summary>Compares two versions.</summary>
    /// <param name="other">The other version.</param>
    /// <returns>Below, at or above zero.</returns>
    public int CompareTo(LibraryVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
