using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Creation;

/// <summary>Installations of .NET with one runtime each, for the environments that ask for a version of it.</summary>
/// <remarks>An installation consists of links to the unpacked files of the package with the runtime, and of a copy of this machine's
/// program <c>dotnet</c>, which looks for runtimes beside itself. The folders are those of
/// https://learn.microsoft.com/dotnet/core/distribution-packaging#disk-layout.</remarks>
/// <param name="programs">The folder in which they are. One that nobody uses can be removed.</param>
/// <param name="packages">The unpacked packages.</param>
internal sealed class RuntimeFolders(ProgramFolders programs, PackageFolder packages)
{
    private const string Framework = "Microsoft.NETCore.App";
    private const string HostName = "hostfxr";
    private const int HashLength = 16;
    private const int Tries = 3;

    /// <summary>Returns the installation with a runtime whose package is unpacked. It is made if it is not there or not whole.</summary>
    /// <param name="runtime">The package with the runtime.</param>
    /// <param name="dotnet">The program <c>dotnet</c> of this machine.</param>
    /// <returns>The installation.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7025: the folder cannot be written.</exception>
    public RuntimeFolder Create(NuGetPackage runtime, string dotnet)
    {
        var place = PlaceOf(runtime);
        var program = Path.Combine(place, Path.GetFileName(dotnet));
        var links = LinksOf(runtime);
        for (var attempt = 1; !IsWhole(place, program, links); attempt++)
        {
            try
            {
                Replace(place, work => Write(work, dotnet, links));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another process may make the same one, or remove what is not finished.
                if (attempt == Tries)
                {
                    throw PackageErrors.FilesNotWritten(place, error);
                }
            }
        }

        programs.NoteUse(place);
        return new RuntimeFolder(program, [program, .. links.Select(link => Path.Combine(place, link.Path))]);
    }

    /// <summary>Returns the folder with the assemblies of a runtime.</summary>
    /// <param name="runtime">The package with the runtime.</param>
    /// <returns>The absolute path, whether the installation is there or not.</returns>
    public string FrameworkOf(NuGetPackage runtime) => Path.Combine(PlaceOf(runtime), FrameworkPath(runtime));

    private string PlaceOf(NuGetPackage runtime)
        => programs.PathOf($"dotnet-{runtime.Version.ToLowerInvariant()}-{runtime.Sha256[..HashLength]}");

    private static string FrameworkPath(NuGetPackage runtime) => Path.Combine("shared", Framework, runtime.Version);

    private List<(string Path, string Target)> LinksOf(NuGetPackage runtime)
    {
        var links = new List<(string Path, string Target)>();
        foreach (var asset in runtime.Assets)
        {
            var name = Path.GetFileName(asset.Path);
            var folder = Path.GetFileNameWithoutExtension(name).EndsWith(HostName, StringComparison.Ordinal)
                ? Path.Combine("host", "fxr", runtime.Version) : FrameworkPath(runtime);
            links.Add((Path.Combine(folder, name), packages.FileOf(runtime, asset)));
        }

        return links;
    }

    // A link to a file that is not there does not count as a file.
    private static bool IsWhole(string place, string program, List<(string Path, string Target)> links)
        => File.Exists(program) && links.TrueForAll(link => File.Exists(Path.Combine(place, link.Path)));

    private static void Write(string place, string dotnet, List<(string Path, string Target)> links)
    {
        Directory.CreateDirectory(place);
        var program = File.ResolveLinkTarget(dotnet, returnFinalTarget: true)?.FullName ?? dotnet;
        File.Copy(program, Path.Combine(place, Path.GetFileName(dotnet)));
        foreach (var (path, target) in links)
        {
            var link = Path.Combine(place, path);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            if (OperatingSystem.IsWindows())
            {
                // Only some users may make links.
                File.Copy(target, link);
            }
            else
            {
                File.CreateSymbolicLink(link, target);
            }
        }
    }

    private void Replace(string place, Action<string> write)
    {
        var work = programs.NewUnfinished();
        write(work);
        if (Directory.Exists(place))
        {
            // Somebody tidied up in it. A process that has its files open keeps them.
            Directory.Move(place, programs.NewUnfinished());
        }

        Directory.Move(work, place);
    }
}

/// <summary>An installation of .NET with one runtime.</summary>
/// <param name="Dotnet">The absolute path of its program <c>dotnet</c>.</param>
/// <param name="Files">The absolute paths of all its files.</param>
internal sealed record RuntimeFolder(string Dotnet, IReadOnlyList<string> Files);
