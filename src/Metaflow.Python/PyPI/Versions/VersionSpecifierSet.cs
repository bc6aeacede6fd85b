using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;

namespace Metaflow.Python.PyPI.Versions;

/// <summary>Constraints that a version must satisfy all: <c>&gt;=1.2,&lt;2</c> (PEP 440). None are satisfied by every version.</summary>
/// <param name="Items">The constraints, each once, in the order of their texts.</param>
internal sealed record VersionSpecifierSet(IReadOnlyList<VersionSpecifier> Items)
{
    /// <summary>Gets the set without constraints.</summary>
    public static VersionSpecifierSet Any { get; } = new([]);

    /// <summary>Gets whether a constraint names a version before a release, so that such versions are wanted.</summary>
    public bool NamesPreRelease => Items.Any(static item => item.NamesPreRelease);

    /// <summary>Reads constraints.</summary>
    /// <param name="text">The constraints with <c>,</c> between them; empty for none.</param>
    /// <returns>The set.</returns>
    /// <exception cref="EnvironmentException">A constraint cannot be read (MF7070).</exception>
    public static VersionSpecifierSet Parse(string text) => TryParse(text, out var set) ? set : throw new EnvironmentException(
        ErrorCodes.PythonRequirementMalformed,
        $"'{text}' is no constraint on the version of a Python package.",
        "Each part has one of the operators ==, !=, <=, >=, <, >, ~= and === before a version; only == and != take '.*' (PEP 440).",
        "Correct the constraint, such as '>=1.2,<2'.");

    /// <summary>Reads constraints.</summary>
    /// <param name="text">The constraints with <c>,</c> between them; empty for none.</param>
    /// <param name="set">The set.</param>
    /// <returns><see langword="false"/> if one cannot be read.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out VersionSpecifierSet? set)
    {
        var items = new List<VersionSpecifier>();
        set = null;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!VersionSpecifier.TryParse(part, out var item))
            {
                return false;
            }

            items.Add(item);
        }

        set = new VersionSpecifierSet([.. items.Distinct().OrderBy(static item => item.ToString(), StringComparer.Ordinal)]);
        return true;
    }

    /// <summary>Returns true if a version satisfies all constraints, whether or not it comes before a release.</summary>
    /// <param name="version">The version.</param>
    /// <returns>Whether it does.</returns>
    public bool IsSatisfiedBy(PythonVersion version) => Items.All(item => item.IsSatisfiedBy(version));

    /// <summary>Returns true if a version may be taken.</summary>
    /// <param name="version">The version.</param>
    /// <param name="allowPreReleases">Whether versions before a release are wanted; <see langword="null"/> if the constraints shall say
    /// it.</param>
    /// <returns>Whether it satisfies all constraints and is not an unwanted version before a release.</returns>
    public bool Contains(PythonVersion version, bool? allowPreReleases = null)
        => (!version.IsPreRelease || (allowPreReleases ?? NamesPreRelease)) && IsSatisfiedBy(version);

    /// <summary>Returns those versions that may be taken. Versions before a release are taken if there are no others.</summary>
    /// <param name="versions">The versions.</param>
    /// <param name="allowPreReleases">Whether versions before a release are wanted; <see langword="null"/> if the constraints shall say
    /// it.</param>
    /// <returns>The versions in the same order.</returns>
    public IReadOnlyList<PythonVersion> Choose(IEnumerable<PythonVersion> versions, bool? allowPreReleases = null)
    {
        var satisfying = versions.Where(IsSatisfiedBy).ToList();
        if (allowPreReleases ?? NamesPreRelease)
        {
            return satisfying;
        }

        var released = satisfying.Where(static version => !version.IsPreRelease).ToList();
        return released.Count > 0 || allowPreReleases == false ? released : satisfying;
    }

    /// <summary>Returns the set that demands what both demand.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The set.</returns>
    public VersionSpecifierSet And(VersionSpecifierSet other)
        => new([.. Items.Concat(other.Items).Distinct().OrderBy(static item => item.ToString(), StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public bool Equals(VersionSpecifierSet? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>Returns the constraints with <c>,</c> between them.</summary>
    /// <returns>The text; empty for none.</returns>
    public override string ToString() => string.Join(',', Items);
}
