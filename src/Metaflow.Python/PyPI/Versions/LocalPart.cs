using System.Globalization;
using System.Numerics;

namespace Metaflow.Python.PyPI.Versions;

/// <summary>A part of the local label of a version: in <c>1.0+ubuntu.3</c> these are <c>ubuntu</c> and <c>3</c>.</summary>
/// <param name="Number">The number; <see langword="null"/> for letters.</param>
/// <param name="Text">The letters and digits in lower case; empty for a number.</param>
internal readonly record struct LocalPart(BigInteger? Number, string Text) : IComparable<LocalPart>
{
    /// <summary>Compares two parts: numbers are above letters.</summary>
    /// <param name="other">The other part.</param>
    /// <returns>Below, at or above zero.</returns>
    public int CompareTo(LocalPart other) => (Number, other.Number) switch
    {
        ({ } own, { } its) => own.CompareTo(its),
        ({ }, null) => 1,
        (null, { }) => -1,
        _ => string.CompareOrdinal(Text, other.Text),
    };

    /// <inheritdoc/>
    public override string ToString() => Number?.ToString(CultureInfo.InvariantCulture) ?? Text;
}
