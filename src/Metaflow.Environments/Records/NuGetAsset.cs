namespace Metaflow.Environments.Records;

/// <summary>A file of a package of NuGet that a process loads.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The path within the package, with <c>/</c>.</param>
internal sealed record NuGetAsset(NuGetAssetKind Kind, string Path)
{
    /// <summary>Gets the version of the assembly; <see langword="null"/> for other files.</summary>
    public string? AssemblyVersion { get; init; }

    /// <summary>Gets the version of the file, by which a runtime chooses between its own copy and the package's; <see langword="null"/>
    /// if it has none.</summary>
    public string? FileVersion { get; init; }

    /// <summary>Gets the language of a satellite assembly; <see langword="null"/> for other files.</summary>
    public string? Culture { get; init; }
}

/// <summary>The kinds of files of a package that a process loads.</summary>
internal enum NuGetAssetKind
{
    /// <summary>A managed assembly.</summary>
    Assembly,

    /// <summary>A native library.</summary>
    Native,

    /// <summary>A satellite assembly with texts of one language.</summary>
    Satellite,

    /// <summary>A file of the .NET runtime itself.</summary>
    Runtime,
}
