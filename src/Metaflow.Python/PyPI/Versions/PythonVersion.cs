using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Metaflow.Errors;

namespace Metaflow.Python.PyPI.Versions;

/// <summary>A version of a Python package (PEP 440). Two spellings of one version are equal: <c>1.0</c> and <c>v1.0.0</c>.</summary>
/// <remarks>Numbers have any length, as some packages use dates and hashes.</remarks>
internal sealed partial class PythonVersion : IComparable<PythonVersion>, IEquatable<PythonVersion>
{
    // To read a number takes time in the square of its digits.
    private const int LongestText = 1000;

    private PythonVersion(BigInteger epoch, IReadOnlyList<BigInteger> release)
    {
        Epoch = epoch;
        Release = release;
    }

    /// <summary>Gets the epoch: <c>1</c> in <c>1!2.0</c>. The default is zero.</summary>
    public BigInteger Epoch { get; }

    /// <summary>Gets the numbers of the release, at least one: <c>[2, 0]</c> in <c>2.0rc1</c>.</summary>
    public IReadOnlyList<BigInteger> Release { get; }

    /// <summary>Gets the kind and number of a version before the release; <see langword="null"/> for another version.</summary>
    public (PreReleaseKind Kind, BigInteger Number)? PreRelease { get; private init; }

    /// <summary>Gets the number after <c>post</c>; <see langword="null"/> if there is none.</summary>
    public BigInteger? Post { get; private init; }

    /// <summary>Gets the number after <c>dev</c>; <see langword="null"/> if there is none.</summary>
    public BigInteger? Development { get; private init; }

    /// <summary>Gets the local label after <c>+</c>; empty if there is none.</summary>
    public IReadOnlyList<LocalPart> Local { get; private init; } = [];

    /// <summary>Gets whether it comes before its release: as an alpha, a beta, a candidate or a state of development.</summary>
    public bool IsPreRelease => PreRelease is not null || Development is not null;

    /// <summary>Gets the first number of the release.</summary>
    public int Major => NumberAt(0);

    /// <summary>Gets the second number of the release; zero if there is none.</summary>
    public int Minor => NumberAt(1);

    /// <summary>Gets <c>major.minor</c>, as folders and markers name a version of Python itself.</summary>
    public string MajorAndMinor => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>Compares two versions.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether the one is earlier.</returns>
    public static bool operator <(PythonVersion left, PythonVersion right) => left.CompareTo(right) < 0;

    /// <summary>Compares two versions.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether the one is later.</returns>
    public static bool operator >(PythonVersion left, PythonVersion right) => left.CompareTo(right) > 0;

    /// <summary>Compares two versions.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether the one is not later.</returns>
    public static bool operator <=(PythonVersion left, PythonVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Compares two versions.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether the one is not earlier.</returns>
    public static bool operator >=(PythonVersion left, PythonVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads a version.</summary>
    /// <param name="text">The text, in any spelling that PEP 440 allows.</param>
    /// <returns>The version.</returns>
    /// <exception cref="EnvironmentException">It is none (MF7070).</exception>
    public static PythonVersion Parse(string text) => TryParse(text, out var version) ? version : throw new EnvironmentException(
        ErrorCodes.PythonRequirementMalformed,
        $"'{text}' is no version of a Python package.",
        "A version has numbers with dots between them, such as 1.2.3, and may end with a1, b1, rc1, .post1, .dev1 or +local (PEP 440).",
        "Correct the version.");

    /// <summary>Reads a version.</summary>
    /// <param name="text">The text, in any spelling that PEP 440 allows.</param>
    /// <param name="version">The version.</param>
    /// <returns><see langword="false"/> if the text is none.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PythonVersion? version)
    {
        version = null;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length is 0 or > LongestText || !Ascii.IsValid(trimmed)
            || Pattern().Match(trimmed.ToString().ToLowerInvariant()) is not { Success: true } match)
        {
            return false;
        }

        version = new PythonVersion(
            match.Groups["epoch"].Success ? Number(match.Groups["epoch"].ValueSpan) : BigInteger.Zero,
            [.. match.Groups["release"].Value.Split('.').Select(static part => Number(part))])
        {
            PreRelease = match.Groups["pre"].Success ? (Kind(match.Groups["kind"].Value), Number(match.Groups["number"].ValueSpan)) : null,
            Post = !match.Groups["post"].Success ? null
                : Number((match.Groups["dash"].Success ? match.Groups["dash"] : match.Groups["after"]).ValueSpan),
            Development = match.Groups["dev"].Success ? Number(match.Groups["development"].ValueSpan) : null,
            Local = match.Groups["local"].Success ? [.. match.Groups["local"].Value.Split('.', '-', '_').Select(Part)] : [],
        };
        return true;
    }

    /// <summary>Compares the order of two versions.</summary>
    /// <param name="other">The other version; <see langword="null"/> is before all.</param>
    /// <returns>Below, at or above zero.</returns>
    public int CompareTo(PythonVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var result = Epoch.CompareTo(other.Epoch);
        result = result != 0 ? result : CompareReleases(Release, other.Release);
        result = result != 0 ? result : PreReleaseRank.CompareTo(other.PreReleaseRank);
        result = result != 0 ? result : (PreRelease?.Number ?? 0).CompareTo(other.PreRelease?.Number ?? 0);

        // No post-release is before all post-releases, and no state of development after all of them.
        result = result != 0 ? result : (Post ?? -1).CompareTo(other.Post ?? -1);
        result = result != 0 ? result : CompareDevelopment(Development, other.Development);
        return result != 0 ? result : CompareLocals(Local, other.Local);
    }

    /// <summary>Returns the version without its local label.</summary>
    /// <returns>The version that is published.</returns>
    public PythonVersion WithoutLocal()
        => Local.Count == 0 ? this : new(Epoch, Release) { PreRelease = PreRelease, Post = Post, Development = Development };

    /// <summary>Returns the release that the version belongs to.</summary>
    /// <returns>The epoch and the numbers of the release.</returns>
    public PythonVersion ToRelease() => new(Epoch, Release);

    /// <inheritdoc/>
    public bool Equals(PythonVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PythonVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToCanonicalString());

    /// <summary>Returns the normal form: <c>1.0rc1.post2</c>.</summary>
    /// <returns>The text with all numbers of the release.</returns>
    public override string ToString() => Write(Release.Count);

    /// <summary>Returns the normal form without zeros at the end of the release: <c>1</c> for <c>1.0.0</c>.</summary>
    /// <returns>The text, which is the same for all spellings of a version.</returns>
    public string ToCanonicalString()
    {
        var count = Release.Count;
        while (count > 1 && Release[count - 1].IsZero)
        {
            count--;
        }

        return Write(count);
    }

    private string Write(int count)
    {
        var text = new StringBuilder();
        if (!Epoch.IsZero)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Epoch}!");
        }

        text.AppendJoin('.', Release.Take(count).Select(static number => number.ToString(CultureInfo.InvariantCulture)));
        if (PreRelease is { } pre)
        {
            var kind = pre.Kind switch { PreReleaseKind.Alpha => "a", PreReleaseKind.Beta => "b", _ => "rc" };
            text.Append(CultureInfo.InvariantCulture, $"{kind}{pre.Number}");
        }

        if (Post is { } post)
        {
            text.Append(CultureInfo.InvariantCulture, $".post{post}");
        }

        if (Development is { } development)
        {
            text.Append(CultureInfo.InvariantCulture, $".dev{development}");
        }

        return Local.Count == 0 ? text.ToString() : text.Append('+').AppendJoin('.', Local).ToString();
    }

    // A state of development of the release itself is before its alphas.
    private int PreReleaseRank => PreRelease is { } pre ? (int)pre.Kind : Post is null && Development is not null ? -1 : int.MaxValue;

    private static int CompareReleases(IReadOnlyList<BigInteger> left, IReadOnlyList<BigInteger> right)
    {
        for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            var result = (i < left.Count ? left[i] : 0).CompareTo(i < right.Count ? right[i] : 0);
            if (result != 0)
            {
                return result;
            }
        }

        return 0;
    }

    private static int CompareDevelopment(BigInteger? left, BigInteger? right) => (left, right) switch
    {
        ({ } own, { } its) => own.CompareTo(its),
        (null, { }) => 1,
        ({ }, null) => -1,
        _ => 0,
    };

    private static int CompareLocals(IReadOnlyList<LocalPart> left, IReadOnlyList<LocalPart> right)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var result = left[i].CompareTo(right[i]);
            if (result != 0)
            {
                return result;
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private int NumberAt(int index)
        => index < Release.Count && Release[index] <= int.MaxValue ? (int)Release[index] : index < Release.Count ? int.MaxValue : 0;

    private static BigInteger Number(ReadOnlySpan<char> digits)
        => digits.IsEmpty ? BigInteger.Zero : BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static LocalPart Part(string text) => text.All(char.IsAsciiDigit) ? new(Number(text), "") : new(null, text);

    private static PreReleaseKind Kind(string text) => text switch
    {
        "a" or "alpha" => PreReleaseKind.Alpha,
        "b" or "beta" => PreReleaseKind.Beta,
        _ => PreReleaseKind.Candidate,
    };

    [GeneratedRegex(
        """
        ^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)
        (?<pre>[-_.]?(?<kind>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<number>[0-9]+)?)?
        (?<post>-(?<dash>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<after>[0-9]+)?)?
        (?<dev>[-_.]?dev[-_.]?(?<development>[0-9]+)?)?
        (?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\z
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Pattern();
}
