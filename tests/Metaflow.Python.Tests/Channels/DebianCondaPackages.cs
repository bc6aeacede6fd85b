using System.Globalization;
using System.IO.Compression;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Makes conda packages from the packages of a release of Debian.</summary>
/// <param name="suite">The release and what is taken from it.</param>
/// <param name="packages">Its packages.</param>
/// <param name="work">A folder for unpacked files, which must stay until the conda packages are written.</param>
internal sealed class DebianCondaPackages(DebianSuite suite, DebianSet packages, string work)
{
    private const string Mutex = "_debian_suite";

    private static readonly string[] NotForPython =
        [DebianSuite.OwnRuntime, "libstdcxx", "libquadmath", "libgfortran", "libblas", "liblapack"];

    private readonly string _build = "h" + packages.Identity[..7];
    private readonly string _tag = "cp" + suite.Python.Replace(".", string.Empty, StringComparison.Ordinal);

    private string PythonRange
    {
        get
        {
            var parts = suite.Python.Split('.');
            var next = int.Parse(parts[1], CultureInfo.InvariantCulture) + 1;
            return $"python >={suite.Python},<{parts[0]}.{next}.0a0";
        }
    }

    private string[] Floor
        => suite.HasOwnRuntime
            ? [$"{DebianSuite.OwnRuntime} >={Version(DebianSuite.OwnRuntime)}", $"{Mutex} {suite.Number}.*"]
            : [$"__glibc >={packages.VersionOf("libc6")},<3.0.a0", $"{Mutex} {suite.Number}.*"];

    /// <summary>Makes all packages of the release.</summary>
    /// <param name="patchElf">The program that changes where a program looks for its libraries.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<IReadOnlyList<CondaPackage>> MakeAsync(PatchElf patchElf, CancellationToken cancellationToken)
    {
        List<CondaPackage> made = [Package(Mutex, $"{suite.Number}", "0", [], []), Abi()];
        foreach (var library in suite.Libraries)
        {
            made.Add(await LibraryAsync(library, cancellationToken));
        }

        var tree = new PythonTree(suite.Python, await UnpackAsync("python", suite.PythonPackages, cancellationToken));
        var numpy = new PythonModules(await UnpackAsync("numpy", ["python3-numpy"], cancellationToken));
        var pandas = new PythonModules(await UnpackAsync("pandas", ["python3-pandas", "python3-pandas-lib"], cancellationToken));
        tree.MakeVanilla();
        numpy.Describe("numpy", packages.VersionOf("python3-numpy"), $"{_tag}-{_tag}-linux_x86_64", []);
        pandas.Describe("pandas", packages.VersionOf("python3-pandas"), $"{_tag}-{_tag}-linux_x86_64", suite.PandasRequires);
        await tree.CompileAsync(LibraryFolders(), [numpy.Folder, pandas.Folder], cancellationToken);
        await patchElf.SetPlacesAsync(tree.Program, suite.HasOwnRuntime, cancellationToken);

        made.Add(Python(tree));
        made.Add(Numpy(numpy));
        made.Add(Pandas(pandas));
        foreach (var module in suite.PureModules)
        {
            made.Add(await PureAsync(module, cancellationToken));
        }

        made.Add(await TimeZonesAsync(cancellationToken));
        foreach (var package in suite.WheelPackages)
        {
            made.Add(await WheelAsync(package, cancellationToken));
        }

        return made;
    }

    private async Task<CondaPackage> LibraryAsync(DebianLibrary library, CancellationToken cancellationToken)
    {
        var root = await UnpackAsync(library.Name, library.Packages, cancellationToken);
        var isRuntime = library.Name == DebianSuite.OwnRuntime;

        // Debian keeps the reference BLAS and LAPACK in folders of their own, to choose between several. The C library must not lie where
        // the machine's programs could find it when somebody names the environment's library folder to them.
        var target = isRuntime ? PatchElf.RuntimeFolder : "lib";
        var files = LibraryFolders(root)
            .SelectMany(folder => CondaFile.FromFolder(folder, target))
            .Where(file => file.Path.Contains(".so", StringComparison.Ordinal) && file.Path.Count('/') == target.Count('/') + 1)
            .Select(static file => file with { Executable = file.LinkTarget is null })
            .ToList();
        string[] depends = [.. isRuntime ? [$"{Mutex} {suite.Number}.*"] : Floor, .. library.Depends.Select(NeedsLibrary)];
        return Package(library.Name, Version(library.Name), _build + "_0", depends, files);
    }

    private CondaPackage Abi()
        => new()
        {
            Name = "python_abi",
            Version = suite.Python,
            Build = $"8_{_tag}",
            BuildNumber = 8,
            Constrains = [$"python {suite.Python}.*"],
        };

    private CondaPackage Python(PythonTree tree)
        => Package(
            "python",
            packages.VersionOf(suite.PythonPackages[0]),
            _build + "_0_cpython",
            [
                .. Floor,
                .. suite.Libraries.Select(static library => library.Name).Except(NotForPython).Select(NeedsLibrary),
                "tzdata",
            ],
            tree.Files()) with
        {
            Constrains = [$"python_abi {suite.Python}.* *_{_tag}"],
            License = "Python-2.0",
        };

    private CondaPackage Numpy(PythonModules modules)
        => Package(
            "numpy",
            packages.VersionOf("python3-numpy"),
            $"py{_tag[2..]}{_build}_0",
            [
                .. Floor, NeedsLibrary("libblas"), NeedsLibrary("liblapack"), NeedsLibrary("libgcc"), NeedsLibrary("libstdcxx"),
                PythonRange, $"python_abi {suite.Python}.* *_{_tag}",
            ],
            modules.FilesOf("numpy", suite.Python)) with
        {
            Constrains = ["numpy-base <0a0"],
            License = "BSD-3-Clause",
        };

    private CondaPackage Pandas(PythonModules modules)
    {
        var numpy = packages.VersionOf("python3-numpy").Split('.');
        return Package(
            "pandas",
            packages.VersionOf("python3-pandas"),
            $"py{_tag[2..]}{_build}_0",
            [
                .. Floor, NeedsLibrary("libgcc"), NeedsLibrary("libstdcxx"),
                $"numpy >={numpy[0]}.{numpy[1]},<{int.Parse(numpy[0], CultureInfo.InvariantCulture) + 1}.0a0",
                PythonRange, "python-dateutil >=2.8.1", $"python_abi {suite.Python}.* *_{_tag}", "pytz >=2020.1",
            ],
            modules.FilesOf("pandas", suite.Python)) with
        {
            License = "BSD-3-Clause",
        };
    }

    private async Task<CondaPackage> PureAsync(PureModule module, CancellationToken cancellationToken)
    {
        var modules = new PythonModules(await UnpackAsync(module.Name, [module.Package], cancellationToken));
        var version = packages.VersionOf(module.Package);
        modules.ReplaceText("/usr/share/zoneinfo", CondaPackage.Placeholder + "/share/zoneinfo");
        modules.Describe(module.Name.Replace('-', '_'), version, "py3-none-any", module.Requires);
        return new()
        {
            Name = module.Name,
            Version = version,
            Build = "pyhd8ed1ab_0",
            NoArch = "python",
            Depends = [.. module.Depends, "python >=3.7"],
            Files = modules.NoArchFiles(),
            Format = module.Format,
        };
    }

    private async Task<CondaPackage> TimeZonesAsync(CancellationToken cancellationToken)
    {
        var root = await UnpackAsync("tzdata", ["tzdata"], cancellationToken);

        // Some links lead to the configuration of the machine, and two folders repeat the others.
        var files = CondaFile.FromFolder(Path.Combine(root, "usr", "share", "zoneinfo"), "share/zoneinfo")
            .Where(static file => file.LinkTarget?.StartsWith('/') is not true)
            .Where(static file => file.Path.Split('/')[2] is not ("right" or "posix"))
            .ToList();
        return new()
        {
            Name = "tzdata",
            Version = packages.VersionOf("tzdata"),
            Build = _build + "_0",
            NoArch = "generic",
            License = "LicenseRef-Public-Domain",
            Files = files,
        };
    }

    private async Task<CondaPackage> WheelAsync(string package, CancellationToken cancellationToken)
    {
        var root = await UnpackAsync(package, [package], cancellationToken);
        var wheel = Directory.GetFiles(Path.Combine(root, "usr", "share", "python-wheels"), "*.whl").Single();
        DebianWheel.MakeVanilla(wheel);
        var name = Path.GetFileName(wheel).Split('-')[0];
        var files = new List<CondaFile>();
        IReadOnlyList<string> entryPoints = [];
        using (var zip = await ZipFile.OpenReadAsync(wheel, cancellationToken))
        {
            foreach (var entry in zip.Entries.Where(static entry => !entry.FullName.EndsWith('/')))
            {
                using var bytes = new MemoryStream();
                await using (var content = await entry.OpenAsync(cancellationToken))
                {
                    await content.CopyToAsync(bytes, cancellationToken);
                }

                files.Add(CondaFile.Binary("site-packages/" + entry.FullName, bytes.ToArray()));
                if (entry.FullName.EndsWith(".dist-info/entry_points.txt", StringComparison.Ordinal) && entry.FullName.Count('/') == 1)
                {
                    entryPoints = PythonModules.ReadCommands(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
                }
            }
        }

        var version = Path.GetFileName(wheel).Split('-')[1];
        files.Add(CondaFile.Text($"site-packages/{name}-{version}.dist-info/INSTALLER", "conda\n"));
        string[] needs = name switch
        {
            "pip" => ["setuptools", "wheel"],
            "wheel" when suite.WheelPackages.Contains("python3-packaging-whl") => ["packaging >=24.0"],
            _ => [],
        };
        return new()
        {
            Name = name,
            Version = version,
            Build = "pyhd8ed1ab_0",
            NoArch = "python",
            License = "MIT",
            Depends = [.. needs, suite.NewestPython is { } newest ? $"python >=3.7,<{newest}" : "python >=3.9"],
            EntryPoints = entryPoints,
            Files = files,
        };
    }

    private string NeedsLibrary(string name)
    {
        var version = Version(name);
        return $"{name} >={version},<{int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture) + 1}.0a0";
    }

    private string Version(string library)
        => packages.VersionOf(suite.Libraries.Single(candidate => candidate.Name == library).Packages[0]);

    private CondaPackage Package(string name, string version, string build, IEnumerable<string> depends, IReadOnlyList<CondaFile> files)
        => new()
        {
            Name = name,
            Version = version,
            Build = build,
            Subdir = CondaPackage.Linux,
            Depends = [.. depends],
            Files = files,
        };

    private IEnumerable<string> LibraryFolders() => suite.Libraries.SelectMany(library => LibraryFolders(Path.Combine(work, library.Name)));

    private static IEnumerable<string> LibraryFolders(string root)
        => new[] { "lib", "usr/lib" }
            .SelectMany(static lib => new[] { string.Empty, "blas", "lapack" }.Select(kind => Path.Combine(lib, "x86_64-linux-gnu", kind)))
            .Select(folder => Path.Combine(root, folder))
            .Where(Directory.Exists);

    private async Task<string> UnpackAsync(string name, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(work, name);
        await packages.UnpackAsync(names, folder, cancellationToken);
        return folder;
    }
}
