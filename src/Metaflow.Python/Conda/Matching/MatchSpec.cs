using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Metaflow.Errors;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Matching;

/// <summary>What a user or a package asks for: a name with conditions, such as <c>numpy &gt;=1.21,&lt;2 py311*</c>,
/// <c>conda-forge/linux-64::numpy=1.26</c> or <c>numpy[version='>=1.21',build_number=3]</c>.</summary>
internal sealed record MatchSpec
{
    /// <summary>Gets the name of the package, in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the constraint on the version; <see langword="null"/>, the default, is none.</summary>
    public VersionSpec? Version { get; init; }

    /// <summary>Gets what the build must be; <see langword="null"/>, the default, is anything.</summary>
    public TextMatch? Build { get; init; }

    /// <summary>Gets the constraint on the number of the build; <see langword="null"/>, the default, is none.</summary>
    public VersionSpec? BuildNumber { get; init; }

    /// <summary>Gets the name or the address of the channel; <see langword="null"/>, the default, is any.</summary>
    public string? Channel { get; init; }

    /// <summary>Gets the platform; <see langword="null"/>, the default, is any.</summary>
    public string? Subdir { get; init; }

    /// <summary>Gets the MD5 of the file; <see langword="null"/>, the default, is any.</summary>
    public string? Md5 { get; init; }

    /// <summary>Gets the SHA-256 of the file; <see langword="null"/>, the default, is any.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets the address of the file; <see langword="null"/>, the default, is any.</summary>
    public string? Url { get; init; }

    /// <summary>Gets the name of the file; <see langword="null"/>, the default, is any.</summary>
    public string? FileName { get; init; }

    /// <summary>Gets what the license must be; <see langword="null"/>, the default, is anything.</summary>
    public TextMatch? License { get; init; }

    /// <summary>Gets what the family of the license must be; <see langword="null"/>, the default, is anything.</summary>
    public TextMatch? LicenseFamily { get; init; }

    /// <summary>Gets the features that the package was built for, sorted and separated by spaces; <see langword="null"/>, the default, are
    /// any.</summary>
    public string? Features { get; init; }

    /// <summary>Gets the features that the package stands for, sorted and separated by spaces; <see langword="null"/>, the default, are
    /// any.</summary>
    public string? TrackFeatures { get; init; }

    /// <summary>Reads a match spec.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The match spec.</returns>
    /// <exception cref="EnvironmentException">MF7051: the text is no match spec.</exception>
    public static MatchSpec Parse(string text)
        => TryParse(text, out var spec, out var problem) ? spec : throw MatchErrors.Spec(text, problem);

    /// <summary>Reads a match spec.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">The match spec.</param>
    /// <param name="problem">Why the text is none: a sentence.</param>
    /// <returns>Whether the text is a match spec.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out MatchSpec? spec, out string problem)
    {
        var reader = new MatchSpecReader(text);
        spec = reader.Read();
        problem = reader.Problem;
        return spec is not null;
    }

    /// <summary>Says whether a record is what is asked for.</summary>
    /// <param name="record">The record.</param>
    /// <returns>Whether it is.</returns>
    public bool Matches(CondaRecord record)
        => record.Name == Name
            && (Version is null || Version.Matches(record.Version))
            && (Build is null || Build.Matches(record.Build))
            && (BuildNumber is null || BuildNumber.Matches(NumberAsVersion(record.BuildNumber)))
            && MatchesPlace(record)
            && MatchesFile(record)
            && (License is null || License.Matches(record.License))
            && (LicenseFamily is null || LicenseFamily.Matches(record.LicenseFamily))
            && (Features is null || Features == Sorted(record.Features))
            && (TrackFeatures is null || TrackFeatures == Sorted(record.TrackFeatures));

    /// <summary>Says whether a property of the machine is what is asked for.</summary>
    /// <param name="package">The property.</param>
    /// <returns>Whether it is.</returns>
    public bool Matches(VirtualPackage package)
        => package.Name == Name
            && (Version is null || Version.Matches(package.Version))
            && (Build is null || Build.Matches(package.Build));

    /// <summary>Says whether a record comes from the channel that is asked for.</summary>
    /// <param name="record">The record.</param>
    /// <returns>Whether it does.</returns>
    public bool MatchesChannel(CondaRecord record)
        => Channel is null
            || string.Equals(Channel, record.Channel, StringComparison.OrdinalIgnoreCase)
            || SecretText.Remove(Channel) == record.ChannelUrl
            || (!Channel.Contains("://", StringComparison.Ordinal)
                && record.ChannelUrl.EndsWith("/" + Channel, StringComparison.OrdinalIgnoreCase))
            || (Channel.Contains('*', StringComparison.Ordinal) && TextMatch.Read(Channel)!.Matches(record.Channel));

    /// <summary>Returns the match spec as conda writes it.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => MatchSpecText.Of(this);

    /// <summary>Returns features in the form in which they are compared.</summary>
    /// <param name="features">The features.</param>
    /// <returns>The features, sorted and separated by spaces.</returns>
    internal static string Sorted(IEnumerable<string> features) => string.Join(' ', features.Distinct().Order(StringComparer.Ordinal));

    private static CondaVersion NumberAsVersion(long number) => CondaVersion.Parse(number.ToString(CultureInfo.InvariantCulture));

    private bool MatchesPlace(CondaRecord record)
        => MatchesChannel(record) && (Subdir is null || string.Equals(Subdir, record.Subdir, StringComparison.OrdinalIgnoreCase));

    private bool MatchesFile(CondaRecord record)
        => (Md5 is null || string.Equals(Md5, record.Md5, StringComparison.OrdinalIgnoreCase))
            && (Sha256 is null || string.Equals(Sha256, record.Sha256, StringComparison.OrdinalIgnoreCase))
            && (Url is null || SecretText.Remove(Url) == record.Url)
            && (FileName is null || FileName == record.FileName);
}
