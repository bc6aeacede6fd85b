using NuGet.Versioning;

namespace Metaflow.Environments.Requirements;

/// <summary>The versions of NuGet between two bounds.</summary>
/// <param name="Minimum">The lower bound; <see langword="null"/> if there is none.</param>
/// <param name="IsMinimumIncluded">Whether the lower bound belongs to the interval.</param>
/// <param name="Maximum">The upper bound; <see langword="null"/> if there is none.</param>
/// <param name="IsMaximumIncluded">Whether the upper bound belongs to the interval.</param>
internal readonly record struct VersionInterval(
    NuGetVersion? Minimum, bool IsMinimumIncluded, NuGetVersion? Maximum, bool IsMaximumIncluded)
{
    private const string LowestLabel = "0";

    /// <summary>Gets the interval of all versions.</summary>
    public static VersionInterval All => default;

    /// <summary>Gets a value indicating whether no version can be in the interval.</summary>
    public bool IsEmpty
    {
        get
        {
            if (Minimum is null || Maximum is null)
            {
                return false;
            }

            var order = Compare(Minimum, Maximum);
            return order > 0 || (order == 0 && !(IsMinimumIncluded && IsMaximumIncluded));
        }
    }

    /// <summary>Gets the only version of the interval; <see langword="null"/> if there may be others.</summary>
    public NuGetVersion? Only => Minimum is not null && Maximum is not null && !IsEmpty && Compare(Minimum, Maximum) == 0 ? Minimum : null;

    /// <summary>Gets a value indicating whether the interval ends just before a release and the prereleases of it.</summary>
    public bool EndsBeforeRelease => Maximum is { Release: LowestLabel } && !IsMaximumIncluded;

    /// <summary>Returns the interval of one version.</summary>
    /// <param name="version">The version.</param>
    /// <returns>The interval.</returns>
    public static VersionInterval Of(NuGetVersion version) => new(version, true, version, true);

    /// <summary>Returns the interval of the versions from one on.</summary>
    /// <param name="version">The lower bound.</param>
    /// <param name="included">Whether it belongs to the interval.</param>
    /// <returns>The interval.</returns>
    public static VersionInterval From(NuGetVersion version, bool included) => new(version, included, null, false);

    /// <summary>Returns the interval of the versions up to one.</summary>
    /// <param name="version">The upper bound. If it is a release and does not belong to the interval, neither do its prereleases: nobody
    /// who asks for less than 2.0 wants 2.0.0-rc.1, although NuGet sorts it below 2.0.</param>
    /// <param name="included">Whether it belongs to the interval.</param>
    /// <returns>The interval.</returns>
    public static VersionInterval To(NuGetVersion version, bool included)
        => new(null, false, included || version.IsPrerelease ? version : LowestPrerelease(version), included);

    /// <summary>Returns the version below all prereleases of a release.</summary>
    /// <param name="version">The release.</param>
    /// <returns>The version <c>X-0</c>.</returns>
    public static NuGetVersion LowestPrerelease(NuGetVersion version)
        => new(version.Major, version.Minor, version.Patch, version.Revision, LowestLabel, "");

    /// <summary>Returns a version without its label.</summary>
    /// <param name="version">The version.</param>
    /// <returns>The release.</returns>
    public static NuGetVersion Release(NuGetVersion version) => new(version.Major, version.Minor, version.Patch, version.Revision);

    /// <summary>Says whether a version lies between the bounds.</summary>
    /// <param name="version">The version.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public bool Contains(NuGetVersion version)
        => IsAbove(version, Minimum, IsMinimumIncluded) && IsBelow(version, Maximum, IsMaximumIncluded);

    /// <summary>Returns the versions that are in both intervals.</summary>
    /// <param name="other">The other interval.</param>
    /// <returns>The interval, which may be empty.</returns>
    public VersionInterval Intersect(VersionInterval other)
    {
        var (minimum, isMinimumIncluded) = Stricter((Minimum, IsMinimumIncluded), (other.Minimum, other.IsMinimumIncluded), 1);
        var (maximum, isMaximumIncluded) = Stricter((Maximum, IsMaximumIncluded), (other.Maximum, other.IsMaximumIncluded), -1);
        return new VersionInterval(minimum, isMinimumIncluded, maximum, isMaximumIncluded);
    }

    private static (NuGetVersion? Bound, bool Included) Stricter(
        (NuGetVersion? Bound, bool Included) first, (NuGetVersion? Bound, bool Included) second, int direction)
    {
        if (first.Bound is null || second.Bound is null)
        {
            return first.Bound is null ? second : first;
        }

        var order = Compare(first.Bound, second.Bound) * direction;
        return order == 0 ? (first.Bound, first.Included && second.Included) : order > 0 ? first : second;
    }

    private static bool IsAbove(NuGetVersion version, NuGetVersion? bound, bool included)
        => bound is null || Compare(version, bound) is var order && (order > 0 || (order == 0 && included));

    private static bool IsBelow(NuGetVersion version, NuGetVersion? bound, bool included)
        => bound is null || Compare(version, bound) is var order && (order < 0 || (order == 0 && included));

    private static int Compare(NuGetVersion first, NuGetVersion second) => VersionComparer.VersionRelease.Compare(first, second);
}
