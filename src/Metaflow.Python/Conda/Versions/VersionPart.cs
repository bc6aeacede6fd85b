using System.Globalization;

namespace Metaflow.Python.Conda.Versions;

/// <summary>A run of digits or of letters in a version.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Number">The number, where it fits.</param>
/// <param name="Text">The letters in lower case, or the digits of a number that does not fit; otherwise <see langword="null"/>.</param>
internal readonly record struct VersionPart(VersionPartKind Kind, ulong Number, string? Text) : IComparable<VersionPart>
{
    /// <summary>Gets the number zero, which a missing part stands for.</summary>
    public static VersionPart Zero => new(VersionPartKind.Number, 0, null);

    /// <summary>Gets a value indicating whether the part is the number zero.</summary>
    public bool IsZero => Kind == VersionPartKind.Number && Number == 0 && Text is null;

    /// <summary>Returns the part that digits stand for.</summary>
    /// <param name="digits">The digits.</param>
    /// <returns>The part.</returns>
    public static VersionPart OfDigits(ReadOnlySpan<char> digits)
    {
        var trimmed = digits.TrimStart('0');

        // Dates with a time of day may have more digits than a number of 64 bits: they are compared as texts.
        return trimmed.IsEmpty ? Zero
            : trimmed.Length < 20 ? new(VersionPartKind.Number, ulong.Parse(trimmed, CultureInfo.InvariantCulture), null)
            : new(VersionPartKind.Number, 0, trimmed.ToString());
    }

    /// <summary>Returns the part that letters stand for.</summary>
    /// <param name="letters">The letters, in lower case.</param>
    /// <returns>The part.</returns>
    public static VersionPart OfLetters(ReadOnlySpan<char> letters) => letters switch
    {
        "dev" => new(VersionPartKind.Development, 0, null),
        "post" => new(VersionPartKind.Post, 0, null),
        _ => new(VersionPartKind.Letters, 0, letters.ToString()),
    };

    /// <inheritdoc/>
    public int CompareTo(VersionPart other)
    {
        if (Kind != other.Kind)
        {
            return Kind.CompareTo(other.Kind);
        }

        if (Kind == VersionPartKind.Letters)
        {
            return string.CompareOrdinal(Text, other.Text);
        }

        if (Text is null && other.Text is null)
        {
            return Number.CompareTo(other.Number);
        }

        var lengths = (Text?.Length ?? 0).CompareTo(other.Text?.Length ?? 0);
        return lengths != 0 ? lengths : string.CompareOrdinal(Text, other.Text);
    }

    /// <summary>Says whether the last part of a prefix fits: letters may go on, numbers must be the same.</summary>
    /// <param name="prefix">The last part of the prefix.</param>
    /// <returns>Whether it fits.</returns>
    public bool StartsWith(VersionPart prefix)
        => prefix.Kind == VersionPartKind.Letters
            ? Kind == VersionPartKind.Letters && Text!.StartsWith(prefix.Text!, StringComparison.Ordinal)
            : CompareTo(prefix) == 0;
}
