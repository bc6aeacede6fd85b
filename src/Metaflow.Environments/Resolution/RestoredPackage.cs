using System.Text.Json;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Resolution;

/// <summary>A package that NuGet found, as its files in NuGet's folder of packages say.</summary>
/// <param name="Id">The identifier as the package writes it.</param>
/// <param name="Version">The normalized version.</param>
internal sealed record RestoredPackage(string Id, string Version)
{
    /// <summary>Gets the folder with the files of the package.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets the source that it came from; empty if NuGet has not written it down.</summary>
    public string Source { get; init; } = "";

    /// <summary>Gets the hash of its content, by NuGet's rule.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Gets the versions found for what it needs, by identifier.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the files that a process loads.</summary>
    public IReadOnlyList<NuGetAsset> Assets { get; init; } = [];

    /// <summary>Gets the shared frameworks that it needs beside that of .NET, such as <c>Microsoft.AspNetCore.App</c>.</summary>
    public IReadOnlyList<string> Frameworks { get; init; } = [];

    /// <summary>Gets the package's own file.</summary>
    public string File => Path.Combine(Folder, $"{Id.ToLowerInvariant()}.{Version.ToLowerInvariant()}.nupkg");

    /// <summary>Returns the folder with the files of a package that NuGet has fetched.</summary>
    /// <param name="folders">NuGet's folders of packages.</param>
    /// <param name="relative">Where the package is in such a folder.</param>
    /// <param name="name">Names the package in the error.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="InvalidDataException">None of the folders has it.</exception>
    public static string FolderOf(IEnumerable<string> folders, string relative, string name)
        => folders.Select(folder => Path.Combine(folder, relative)).FirstOrDefault(Directory.Exists)
            ?? throw new InvalidDataException($"The package '{name}' is in none of NuGet's folders.");

    /// <summary>Returns what NuGet has written down about a package that it unpacked.</summary>
    /// <param name="folder">The folder with the files of the package.</param>
    /// <param name="name">The name of the fact: <c>source</c> or <c>contentHash</c>.</param>
    /// <returns>The fact; <see langword="null"/> if NuGet has not written it down.</returns>
    public static string? Fact(string folder, string name)
    {
        var file = Path.Combine(folder, ".nupkg.metadata");
        if (!System.IO.File.Exists(file))
        {
            return null;
        }

        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(file));
        return document.RootElement.TryGetProperty(name, out var fact) ? fact.GetString() : null;
    }
}
