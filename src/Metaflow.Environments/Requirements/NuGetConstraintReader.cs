using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using NuGet.Versioning;

namespace Metaflow.Environments.Requirements;

/// <summary>Reads what a user writes for the versions of a package of NuGet.</summary>
/// <param name="text">The text.</param>
/// <param name="subject">What it is for, in messages.</param>
internal sealed class NuGetConstraintReader(string text, string subject)
{
    // Longer ones first: the first that fits is taken.
    private static readonly string[] Operators = ["===", "==", ">=", "<=", "~=", "!=", ">", "<", "="];

    private readonly string _shown = Shortened.Of(text);

    /// <summary>Reads the text.</summary>
    /// <returns>The constraint.</returns>
    /// <exception cref="ConfigurationException">See <see cref="NuGetConstraint.Parse"/>.</exception>
    public NuGetConstraint Read()
    {
        var items = text.Split('&', StringSplitOptions.TrimEntries);
        return items is [""] ? NuGetConstraint.Any : All(items.Select(ReadItem));
    }

    private NuGetConstraint ReadItem(string item)
        => item is ['[' or '(', ..] ? ReadRange(item) : All(item.Split(',', StringSplitOptions.TrimEntries).Select(ReadPart));

    private NuGetConstraint All(IEnumerable<NuGetConstraint> constraints)
        => constraints.Aggregate((first, second) => first.TryIntersect(second) ?? throw Contradiction());

    private NuGetConstraint ReadRange(string item)
    {
        if (!VersionRange.TryParse(item, allowFloating: true, out var range))
        {
            throw Unreadable();
        }

        var interval = VersionInterval.All;
        if (range.MinVersion is { } minimum && range.Float is null)
        {
            interval = interval.Intersect(VersionInterval.From(minimum, range.IsMinInclusive));
        }

        if (range.MaxVersion is { } maximum)
        {
            interval = interval.Intersect(VersionInterval.To(maximum, range.IsMaxInclusive));
        }

        var mentionsPrerelease = range.MaxVersion is { IsPrerelease: true } || range is { Float: null, MinVersion.IsPrerelease: true };
        var constraint = NuGetConstraint.Of(interval, mentionsPrerelease) ?? throw Contradiction();
        if (range.Float is null)
        {
            return constraint;
        }

        return range.IsMinInclusive ? ReadFloating(range.Float).TryIntersect(constraint) ?? throw Contradiction() : throw Unreadable();
    }

    private NuGetConstraint ReadPart(string part)
    {
        var sign = Array.Find(Operators, each => part.StartsWith(each, StringComparison.Ordinal)) ?? "";
        var version = part[sign.Length..].Trim();
        if (sign is "" or "=" or "==" or "===" && version.Contains('*', StringComparison.Ordinal))
        {
            return FloatRange.TryParse(version, out var floating) && floating.FloatBehavior != NuGetVersionFloatBehavior.None
                ? ReadFloating(floating)
                : ReadBare(version);
        }

        return sign switch
        {
            "" or "=" or "==" or "===" => ReadBare(version),
            "!=" => throw Exclusion(),
            "~=" => ReadCompatible(version),
            _ => NuGetConstraint.Of(ReadComparison(sign, Version(version)), Version(version).IsPrerelease) ?? throw Contradiction(),
        };
    }

    private NuGetConstraint ReadBare(string version)
        => NuGetConstraint.Of(VersionInterval.Of(Version(version)), Version(version).IsPrerelease)!;

    private static VersionInterval ReadComparison(string sign, NuGetVersion version) => sign switch
    {
        ">=" or ">" => VersionInterval.From(version, included: sign == ">="),
        _ => VersionInterval.To(version, included: sign == "<="),
    };

    // ~=1.4.5 means >=1.4.5 and 1.4.*, as PEP 440 defines it.
    private NuGetConstraint ReadCompatible(string text)
    {
        var version = Version(text);
        var numbers = text.Split('-', '+')[0].Split('.').Length;
        if (numbers < 2)
        {
            throw Unreadable();
        }

        return NuGetConstraint.Of(Below(version, numbers - 1), version.IsPrerelease) ?? throw Contradiction();
    }

    private NuGetConstraint ReadFloating(FloatRange range)
    {
        var minimum = range.MinVersion;
        var label = range.FloatBehavior switch
        {
            NuGetVersionFloatBehavior.Major or NuGetVersionFloatBehavior.Minor or NuGetVersionFloatBehavior.Patch
                or NuGetVersionFloatBehavior.Revision => null,
            _ => range.OriginalReleasePrefix ?? "",
        };
        var interval = range.FloatBehavior switch
        {
            NuGetVersionFloatBehavior.Major or NuGetVersionFloatBehavior.PrereleaseMajor or NuGetVersionFloatBehavior.AbsoluteLatest
                => VersionInterval.All,
            NuGetVersionFloatBehavior.Prerelease => new VersionInterval(minimum, true, VersionInterval.Release(minimum), true),
            NuGetVersionFloatBehavior.Minor or NuGetVersionFloatBehavior.PrereleaseMinor => Below(minimum, 1),
            NuGetVersionFloatBehavior.Patch or NuGetVersionFloatBehavior.PrereleasePatch => Below(minimum, 2),
            _ => Below(minimum, 3),
        };
        return NuGetConstraint.Floating(interval, label, range.ToString());
    }

    private VersionInterval Below(NuGetVersion minimum, int numbers)
        => VersionInterval.From(minimum, included: true).Intersect(VersionInterval.To(Next(minimum, numbers), included: false));

    // The first release whose first so many numbers are higher.
    private NuGetVersion Next(NuGetVersion version, int numbers)
    {
        var next = new[] { version.Major, version.Minor, version.Patch, 0 };
        Array.Clear(next, numbers, next.Length - numbers);
        return next[numbers - 1] == int.MaxValue ? throw Unreadable() : With(next, numbers - 1);
    }

    private static NuGetVersion With(int[] numbers, int raised)
    {
        numbers[raised]++;
        return new NuGetVersion(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private NuGetVersion Version(string version)
        => TryVersion(version, out var parsed) ? parsed : throw Unreadable();

    private static bool TryVersion(string text, [NotNullWhen(true)] out NuGetVersion? version)
        => NuGetVersion.TryParse(text, out version);

    private ConfigurationException Unreadable()
        => new(
            ErrorCodes.ConstraintUnreadable,
            $"{subject} has the version '{_shown}'.",
            "This is neither a version of NuGet nor a constraint on versions.",
            "Write a version (12.0.3: exactly this one), a floating one (12.*), a range ([1.0,2.0)), comparisons (>=1.0,<2.0), "
            + "or * for any.");

    private ConfigurationException Exclusion()
        => new(
            ErrorCodes.ConstraintExcludes,
            $"{subject} has the version '{_shown}'.",
            "NuGet cannot leave out a single version: '!=' has no counterpart there.",
            "Write a range that begins after the version, such as >1.2, or ends before it, such as <1.2.");

    private ConfigurationException Contradiction()
        => new(
            ErrorCodes.ConstraintsContradict,
            $"{subject} has the version '{_shown}'.",
            "No version satisfies all parts of this constraint.",
            "Correct or remove one of its parts.");
}
