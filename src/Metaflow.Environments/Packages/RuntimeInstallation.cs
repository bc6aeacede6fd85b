using Metaflow.Environments.Records;
using Metaflow.Platform;

namespace Metaflow.Environments.Packages;

/// <summary>An installation of .NET with one runtime: the unpacked package with the runtime, whose files are where an installation has
/// them.</summary>
/// <remarks>The program <c>dotnet</c> looks for runtimes beside itself. So a copy of this machine's is put there. The folders are those of
/// https://learn.microsoft.com/dotnet/core/distribution-packaging#disk-layout.</remarks>
/// <param name="runtime">The package.</param>
/// <param name="folder">The folder in which it is unpacked.</param>
internal sealed class RuntimeInstallation(NuGetPackage runtime, string folder)
{
    private const string Framework = "Microsoft.NETCore.App";
    private const string HostName = "hostfxr";
    private static readonly string[] Names = ["dotnet", "dotnet.exe"];

    /// <summary>Gets the folder with the assemblies of the runtime.</summary>
    public string FrameworkFolder => Path.Combine(folder, "shared", Framework, runtime.Version);

    /// <summary>Returns where an installation has a file of the package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="path">The path of the file in the package.</param>
    /// <returns>The path in the installation, with <c>/</c>.</returns>
    public static string PlaceOf(NuGetPackage package, string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var isHost = Path.GetFileNameWithoutExtension(name).EndsWith(HostName, StringComparison.Ordinal);
        return isHost ? $"host/fxr/{package.Version}/{name}" : $"shared/{Framework}/{package.Version}/{name}";
    }

    /// <summary>Removes the installation's program <c>dotnet</c>.</summary>
    /// <exception cref="Errors.EnvironmentException">MF7025: the folder cannot be written.</exception>
    public void RemoveDotnet()
    {
        try
        {
            foreach (var name in Directory.Exists(folder) ? Names : [])
            {
                File.Delete(Path.Combine(folder, name));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.FilesNotWritten(folder, error);
        }
    }

    /// <summary>Returns the installation's program <c>dotnet</c>, and puts it there if it is missing.</summary>
    /// <param name="own">That of this machine.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7025: the folder cannot be written.</exception>
    public string AddDotnet(string own)
    {
        var path = Path.Combine(folder, Path.GetFileName(own));
        try
        {
            var source = File.ResolveLinkTarget(own, returnFinalTarget: true)?.FullName ?? own;
            if (!IsCopy(path, source))
            {
                var work = $"{path}.{Guid.NewGuid():N}";
                File.Copy(source, work);
                using (var handle = File.OpenHandle(work, access: FileAccess.ReadWrite))
                {
                    DurableFile.FlushAll([handle]);
                }

                File.Move(work, path, overwrite: true);
            }

            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.FilesNotWritten(folder, error);
        }
    }

    // It is small, so that it is compared whole.
    private static bool IsCopy(string path, string source)
        => File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(source))
            && (OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == File.GetUnixFileMode(source));
}
