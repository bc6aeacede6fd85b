namespace Metaflow.Python.Tests.Channels;

/// <summary>A conda package that a test makes.</summary>
internal sealed record CondaPackage
{
    /// <summary>The name of the part of a channel for packages of every system.</summary>
    public const string NoArchitecture = "noarch";

    /// <summary>The name of the part of a channel for Linux on x86-64.</summary>
    public const string Linux = "linux-64";

    /// <summary>
    /// Stands in the files of a package for the folder of the environment. It has the length that packages of public channels have, since a
    /// binary file has no more room than that.
    /// </summary>
    public static readonly string Placeholder = "/opt/environment" + string.Concat(Enumerable.Repeat("_placehold", 24))[..239];

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>The text that tells builds of a version apart.</summary>
    public string Build { get; init; } = "0";

    /// <summary>The number of the build.</summary>
    public int BuildNumber { get; init; }

    /// <summary>The part of the channel.</summary>
    public string Subdir { get; init; } = NoArchitecture;

    /// <summary>The kind of a package for every system: <c>python</c>, <c>generic</c>, or <see langword="null"/>.</summary>
    public string? NoArch { get; init; }

    /// <summary>What the package needs.</summary>
    public IReadOnlyList<string> Depends { get; init; } = [];

    /// <summary>What others must be when they are there.</summary>
    public IReadOnlyList<string> Constrains { get; init; } = [];

    /// <summary>The features that make a build less wanted.</summary>
    public string? TrackFeatures { get; init; }

    /// <summary>The commands of a package of Python modules, such as <c>tool = module:function</c>.</summary>
    public IReadOnlyList<string> EntryPoints { get; init; } = [];

    /// <summary>The licence.</summary>
    public string License { get; init; } = "Apache-2.0";

    /// <summary>When the package was built: also the time of each of its files.</summary>
    public DateTimeOffset Timestamp { get; init; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The files.</summary>
    public IReadOnlyList<CondaFile> Files { get; init; } = [];

    /// <summary>The format of the package's file.</summary>
    public CondaFormat Format { get; init; }

    /// <summary>Name, version and build, as they stand in the file's name.</summary>
    public string Stem => $"{Name}-{Version}-{Build}";

    /// <summary>The name of the package's file.</summary>
    public string FileName => Stem + (Format == CondaFormat.Conda ? ".conda" : ".tar.bz2");
}
