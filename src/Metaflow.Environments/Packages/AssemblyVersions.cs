using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Packages;

/// <summary>Reads the versions of assemblies without loading them. The runtime's host compares them with those of its own copies.</summary>
internal static class AssemblyVersions
{
    /// <summary>Completes what is known about files of a package.</summary>
    /// <param name="asset">A file.</param>
    /// <param name="folder">The folder with the files of its package.</param>
    /// <returns>The file with its versions.</returns>
    public static NuGetAsset Complete(NuGetAsset asset, string folder)
    {
        if (asset.Kind == NuGetAssetKind.Runtime)
        {
            // The host compares nothing with them: they are what others are compared with.
            return asset;
        }

        var path = Path.Combine(folder, asset.Path);
        return asset with
        {
            AssemblyVersion = asset.Kind == NuGetAssetKind.Assembly ? OfAssembly(path)?.ToString() : null,
            FileVersion = OfFile(path),
        };
    }

    /// <summary>Returns the version of an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The version; <see langword="null"/> if the file is no assembly.</returns>
    public static Version? OfAssembly(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var image = new PEReader(stream);
            return image.HasMetadata && image.GetMetadataReader() is { IsAssembly: true } reader
                ? reader.GetAssemblyDefinition().Version : null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>Returns what differs between two builds of an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The identifier of its module; the empty text if the file is no assembly.</returns>
    public static string BuildOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var image = new PEReader(stream);
            var reader = image.GetMetadataReader();
            return reader.GetGuid(reader.GetModuleDefinition().Mvid).ToString();
        }
        catch (Exception error) when (error is BadImageFormatException or InvalidOperationException or IOException)
        {
            return "";
        }
    }

    private static string? OfFile(string path)
    {
        var info = FileVersionInfo.GetVersionInfo(path);
        return info.FileVersion is null ? null
            : new Version(info.FileMajorPart, info.FileMinorPart, info.FileBuildPart, info.FilePrivatePart).ToString();
    }
}
