using Metaflow.Errors;
using NuGet.Versioning;

namespace Metaflow.Environments.Requirements;

/// <summary>Which versions of a package of NuGet are wanted.</summary>
/// <remarks>Two things differ from NuGet. A bare version means exactly this version, as everywhere in Metaflow; to NuGet it means this one
/// or a higher one. And of the versions that satisfy a constraint the highest is taken, as conda and pip do; NuGet takes the lowest of a
/// range. Prereleases satisfy a constraint only if it mentions one, or ends with <c>-*</c>. The build metadata of a version never
/// counts.</remarks>
internal sealed class NuGetConstraint : IEquatable<NuGetConstraint>
{
    private const string AnyRelease = "*";
    private const string AnyVersion = "*-*";

    private readonly VersionInterval _interval;
    private readonly bool _allowsPrereleases;
    private readonly SortedSet<string> _labels;
    private readonly bool _isFloating;

    private NuGetConstraint(VersionInterval interval, bool allowsPrereleases, IEnumerable<string> labels, string? floating = null)
    {
        _interval = interval;
        _allowsPrereleases = allowsPrereleases;
        _labels = new SortedSet<string>(labels.Select(static label => label.ToLowerInvariant()), StringComparer.Ordinal);
        _isFloating = floating is not null;
        Text = (floating ?? Write()).ToLowerInvariant();
    }

    /// <summary>Gets the constraint that every release satisfies.</summary>
    public static NuGetConstraint Any { get; } = new(VersionInterval.All, false, [], AnyRelease);

    /// <summary>Gets the one text of the constraint, which counts for the identity of environments: <c>[12.0.3]</c>, <c>12.*</c>,
    /// <c>[1.0.0,2.0.0)</c>.</summary>
    public string Text { get; }

    /// <summary>Gets a value indicating whether every release satisfies the constraint.</summary>
    public bool IsAny => Text == AnyRelease;

    /// <summary>Gets the only version that satisfies the constraint; <see langword="null"/> if others may.</summary>
    public NuGetVersion? Exact => _interval.Only;

    /// <summary>Gets the version of a <c>PackageReference</c> for which NuGet's restore takes the highest version that satisfies the
    /// constraint. It may admit more: check the outcome with <see cref="IsSatisfiedBy"/>.</summary>
    public string ForRestore
    {
        get
        {
            if (_isFloating || Exact is not null)
            {
                return Text;
            }

            var floating = _labels.Count > 0 ? $"*-{_labels.Max}*" : _allowsPrereleases ? AnyVersion : AnyRelease;
            return _interval.Maximum is { } maximum
                ? $"[{floating}, {UpperText(maximum, _allowsPrereleases)}{(_interval.IsMaximumIncluded ? ']' : ')')}"
                : floating;
        }
    }

    /// <summary>Reads a constraint.</summary>
    /// <param name="text">What a user writes: <c>12.0.3</c>, <c>12.*</c>, <c>[1.0,2.0)</c>, <c>&gt;=1,&lt;2</c>; empty for any
    /// release.</param>
    /// <param name="subject">What the constraint is for, such as <c>Package 'A' in [NuGet] of step 'train'</c>.</param>
    /// <returns>The constraint.</returns>
    /// <exception cref="ConfigurationException">The text is no constraint (MF7103, MF7104), or no version can satisfy it
    /// (MF7105).</exception>
    public static NuGetConstraint Parse(string text, string subject) => new NuGetConstraintReader(text, subject).Read();

    /// <summary>Returns the constraint of the versions in an interval.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="allowsPrereleases">Whether prereleases satisfy it.</param>
    /// <returns>The constraint; <see langword="null"/> if no version can satisfy it.</returns>
    internal static NuGetConstraint? Of(VersionInterval interval, bool allowsPrereleases)
        => interval.IsEmpty ? null : new NuGetConstraint(interval, allowsPrereleases, []);

    /// <summary>Returns the constraint of a floating version.</summary>
    /// <param name="interval">The interval of its numbers.</param>
    /// <param name="label">How the label of prereleases begins; <see langword="null"/> if prereleases do not satisfy it.</param>
    /// <param name="text">The text, such as <c>12.*</c>.</param>
    /// <returns>The constraint.</returns>
    internal static NuGetConstraint Floating(VersionInterval interval, string? label, string text)
        => new(interval, label is not null, string.IsNullOrEmpty(label) ? [] : [label], text);

    /// <summary>Says whether a version satisfies the constraint.</summary>
    /// <param name="version">The version.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public bool IsSatisfiedBy(NuGetVersion version)
        => _interval.Contains(version)
            && (!version.IsPrerelease
                || (_allowsPrereleases
                    && _labels.All(label => version.Release.StartsWith(label, StringComparison.OrdinalIgnoreCase))));

    /// <summary>Returns the constraint that demands what both demand. Prereleases satisfy it if one of them mentions any.</summary>
    /// <param name="other">The other constraint.</param>
    /// <returns>The constraint; <see langword="null"/> if no version can satisfy both.</returns>
    public NuGetConstraint? TryIntersect(NuGetConstraint other)
    {
        var interval = _interval.Intersect(other._interval);
        if (interval.IsEmpty)
        {
            return null;
        }

        var both = new NuGetConstraint(interval, _allowsPrereleases || other._allowsPrereleases, _labels.Union(other._labels));
        if (both.Exact is { } exact && !both.IsSatisfiedBy(exact))
        {
            return null;
        }

        // A floating text such as 12.* is kept where it still says all.
        return new[] { this, other }.Where(both.Admits).OrderBy(static each => each.Text, StringComparer.Ordinal).FirstOrDefault() ?? both;
    }

    /// <summary>Returns the constraint that demands what both demand.</summary>
    /// <param name="other">The other constraint.</param>
    /// <param name="subject">What the constraints are for, such as <c>Package 'A' in [NuGet] of step 'train'</c>.</param>
    /// <returns>The constraint.</returns>
    /// <exception cref="ConfigurationException">No version can satisfy both (MF7105).</exception>
    public NuGetConstraint Intersect(NuGetConstraint other, string subject)
        => TryIntersect(other) ?? throw new ConfigurationException(
            ErrorCodes.ConstraintsContradict,
            $"{subject} has the constraints '{Text}' and '{other.Text}'.",
            "No version satisfies both.",
            "Correct or remove one of them.");

    /// <inheritdoc/>
    public bool Equals(NuGetConstraint? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NuGetConstraint);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string UpperText(NuGetVersion maximum, bool inFull)
        => (inFull || maximum.Release != "0" ? maximum : VersionInterval.Release(maximum)).ToNormalizedString();

    private bool Admits(NuGetConstraint other)
        => _interval == other._interval && _allowsPrereleases == other._allowsPrereleases && _labels.SetEquals(other._labels);

    private string Write()
    {
        if (_interval.Only is { } only)
        {
            return $"[{only.ToNormalizedString()}]";
        }

        var labels = _labels.Select(static label => $"*-{label}*");
        if (_interval == VersionInterval.All)
        {
            return _labels.Count > 0 ? string.Join('&', labels) : _allowsPrereleases ? AnyVersion : AnyRelease;
        }

        var saysPrerelease = _labels.Count > 0 || _interval.Minimum is { IsPrerelease: true };
        var range = WriteInterval(upperInFull: _allowsPrereleases && !saysPrerelease);
        saysPrerelease |= _interval.Maximum is { IsPrerelease: true };
        return string.Join('&', [range, .. labels, .. _allowsPrereleases && !saysPrerelease ? [AnyVersion] : Array.Empty<string>()]);
    }

    private string WriteInterval(bool upperInFull)
    {
        var lower = _interval.Minimum is { } minimum ? $"{(_interval.IsMinimumIncluded ? '[' : '(')}{minimum.ToNormalizedString()}" : "(";
        var inFull = upperInFull || !_interval.EndsBeforeRelease;
        var upper = _interval.Maximum is { } maximum
            ? $"{UpperText(maximum, inFull)}{(_interval.IsMaximumIncluded ? ']' : ')')}"
            : ")";
        return $"{lower},{upper}";
    }
}
