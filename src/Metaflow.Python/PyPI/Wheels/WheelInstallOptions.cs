using Metaflow.Python.PyPI.Tags;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>How a wheel is installed.</summary>
internal sealed record WheelInstallOptions
{
    /// <summary>Gets the SHA-256 that the wheel's file must have. The default is <see langword="null"/>: any.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets the tags of which the wheel must have one. The default is <see langword="null"/>: any.</summary>
    public SupportedTags? Tags { get; init; }

    /// <summary>Gets what is written down as the installer. The default is <c>metaflow</c>.</summary>
    public string Installer { get; init; } = "metaflow";

    /// <summary>Gets whether the user asked for the package itself, which is written down. The default is no.</summary>
    public bool IsRequested { get; init; }

    /// <summary>Gets where the package came from if no index chose it. The default is <see langword="null"/>.</summary>
    public DirectUrl? DirectUrl { get; init; }

    /// <summary>Gets whether files of other packages are replaced, as pip does. The default is no: then they are an error unless they are
    /// the same.</summary>
    public bool ReplacesFilesOfOthers { get; init; }

    /// <summary>Gets what knows the owner of a file that no Python package lists, such as a package of conda. It takes the path below the
    /// folder, and returns <see langword="null"/> for a file of nobody. The default knows none.</summary>
    public Func<string, string?> OwnerOf { get; init; } = static _ => null;

    /// <summary>Gets how many files are written at once. The default is the number of processors, 8 at most.</summary>
    public int Writers { get; init; } = Math.Min(Environment.ProcessorCount, 8);
}
