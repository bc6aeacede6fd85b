using System.Text.Json.Nodes;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>A package that an environment is made from.</summary>
/// <param name="Package">The unpacked package.</param>
internal sealed record PackageToLink(ExtractedPackage Package)
{
    /// <summary>Gets where the package came from. The default is empty.</summary>
    public string Url { get; init; } = "";

    /// <summary>Gets its channel. The default is empty.</summary>
    public string Channel { get; init; } = "";

    /// <summary>Gets the channel's record of it, which counts more than what the package says. The default is
    /// <see langword="null"/>.</summary>
    public JsonObject? Record { get; init; }

    /// <summary>Gets what the user asked for that led to it; none if only other packages need it. The default is none.</summary>
    public IReadOnlyList<string> RequestedSpecs { get; init; } = [];

    /// <summary>Gets the path of its file. The default is empty: it was not kept.</summary>
    public string ArchivePath { get; init; } = "";
}
