using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Matching;

/// <summary>What a channel says of one file of a package.</summary>
/// <remarks>Objects do not change, and are equal only to themselves.</remarks>
internal sealed class CondaRecord
{
    /// <summary>Gets the name of the package, in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the version.</summary>
    public required CondaVersion Version { get; init; }

    /// <summary>Gets the build, such as <c>py311h1234567_0</c>.</summary>
    public required string Build { get; init; }

    /// <summary>Gets the number of the build. The default is 0.</summary>
    public long BuildNumber { get; init; }

    /// <summary>Gets what the package needs, as match specs. The default is nothing.</summary>
    public IReadOnlyList<string> Depends { get; init; } = [];

    /// <summary>Gets what other packages must be like if they are there, as match specs. The default is nothing.</summary>
    public IReadOnlyList<string> Constrains { get; init; } = [];

    /// <summary>Gets the features that the package stands for. A package with fewer of them is preferred. The default is none.</summary>
    public IReadOnlyList<string> TrackFeatures { get; init; } = [];

    /// <summary>Gets the features that the package was built for. The default is none.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Gets the platform, such as <c>linux-64</c> or <c>noarch</c>.</summary>
    public required string Subdir { get; init; }

    /// <summary>Gets <c>python</c> or <c>generic</c> for a package of every platform; otherwise <see langword="null"/>.</summary>
    public string? Noarch { get; init; }

    /// <summary>Gets the MD5 of the file, or <see langword="null"/>.</summary>
    public string? Md5 { get; init; }

    /// <summary>Gets the SHA-256 of the file, or <see langword="null"/>.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets the length of the file, or <see langword="null"/>.</summary>
    public long? Size { get; init; }

    /// <summary>Gets when the package was built, in milliseconds since 1970, or <see langword="null"/>.</summary>
    public long? Timestamp { get; init; }

    /// <summary>Gets the license, or <see langword="null"/>.</summary>
    public string? License { get; init; }

    /// <summary>Gets the family of the license, or <see langword="null"/>.</summary>
    public string? LicenseFamily { get; init; }

    /// <summary>Gets the name of the file, with its extension.</summary>
    public required string FileName { get; init; }

    /// <summary>Gets the address of the file, without credentials.</summary>
    public required string Url { get; init; }

    /// <summary>Gets the name of the channel, such as <c>conda-forge</c>; its address where it has no name.</summary>
    public required string Channel { get; init; }

    /// <summary>Gets the address of the channel, without credentials, a platform and a slash at the end.</summary>
    public required string ChannelUrl { get; init; }

    /// <summary>Gets the JSON object of the record, as the channel has it. It is there in what the solver returns; until then it is
    /// empty.</summary>
    public ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Gets a value indicating whether the file is a <c>.conda</c>.</summary>
    public bool IsCondaFile => FileName.EndsWith(".conda", StringComparison.Ordinal);

    /// <summary>Gets name, version and build, joined by hyphens, as files are named.</summary>
    public string Stem => $"{Name}-{Version.Text}-{Build}";

    /// <summary>Returns the record with its JSON object.</summary>
    /// <param name="json">The object.</param>
    /// <returns>The record.</returns>
    public CondaRecord WithJson(ReadOnlyMemory<byte> json) => new()
    {
        Name = Name,
        Version = Version,
        Build = Build,
        BuildNumber = BuildNumber,
        Depends = Depends,
        Constrains = Constrains,
        TrackFeatures = TrackFeatures,
        Features = Features,
        Subdir = Subdir,
        Noarch = Noarch,
        Md5 = Md5,
        Sha256 = Sha256,
        Size = Size,
        Timestamp = Timestamp,
        License = License,
        LicenseFamily = LicenseFamily,
        FileName = FileName,
        Url = Url,
        Channel = Channel,
        ChannelUrl = ChannelUrl,
        Json = json,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Version.Text} {Build}";
}
