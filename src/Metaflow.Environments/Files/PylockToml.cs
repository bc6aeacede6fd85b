using Metaflow.Environments.Requirements;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Markers;
using Metaflow.Python.PyPI.Resolving;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>pylock.toml</c>, the lock file of PEP 751 that uv and pip write: its packages are taken as they are. The hash of the
/// file counts for the identity of the environment.</summary>
/// <remarks>No extra is asked for, and of the groups of dependencies those that the file names as its default.</remarks>
internal sealed class PylockToml
{
    /// <summary>How the names of such files begin.</summary>
    public const string FileNameStart = "pylock.";

    /// <summary>The key of the file's hash.</summary>
    public const string UniqueKey = "pylock_content_hash";

    /// <summary>The category of the file among the paths of a requirement, as in Metaflow's extension.</summary>
    public const string PathCategory = "pylock_toml";

    private readonly InputFile _file;
    private readonly RequirementBuilder _builder;

    private PylockToml(InputFile file)
    {
        _file = file;
        _builder = new RequirementBuilder(file);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">It is malformed (MF7111, MF7115), or has what cannot be kept (MF7112).</exception>
    public static FileRequirement Parse(InputFile file)
    {
        var toml = TomlFile.Parse(file);
        if (toml.Text("lock-version") is not { } version || !version.StartsWith("1.", StringComparison.Ordinal))
        {
            throw toml.Wrong("lock-version", "a version 1 of the format, such as '1.0'");
        }

        var reader = new PylockToml(file);
        if (toml.Text("requires-python") is { } python)
        {
            reader._builder.SetPython(python, 0);
        }

        List<TomlFile> packages = [.. toml.Tables("packages")];
        var several = packages.GroupBy(static package => package.Text("name"), StringComparer.Ordinal)
            .Where(static same => same.Count() > 1).Select(static same => same.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var package in packages)
        {
            reader.Read(package, several.Contains(package.Text("name")));
        }

        List<string> environments = [.. toml.Texts("environments")];
        var groups = toml.Texts("default-groups").Select(PythonName.Normalize).ToHashSet(StringComparer.Ordinal);
        var read = reader._builder.Build();
        return read with
        {
            Locked = new LockedContent(
                null, (python, platform) => reader.Choose(packages, environments, groups, MarkerEnvironment.Of(python, platform))
                    .ConvertAll(package => reader.ReleaseOf(package).Choose(file, python, platform))),
            Requirement = read.Requirement with
            {
                FilePaths = new Dictionary<string, IReadOnlyList<string>> { [PathCategory] = [file.Name] },
                UniqueKeys = new Dictionary<string, string> { [UniqueKey] = file.Sha256 },
            },
        };
    }

    private List<TomlFile> Choose(
        List<TomlFile> packages, List<string> environments, IReadOnlySet<string> groups, MarkerEnvironment machine)
    {
        // What depends on what is not known, such as the kernel's version, counts.
        bool Holds(string text) => !RequirementMarker.TryParse(text, out var marker) || marker.EvaluateLocked(machine, [], groups) != false;
        if (environments.Count > 0 && !environments.Exists(Holds))
        {
            throw LockErrors.Lacks(
                _file, $"packages for {machine.SysPlatform} {machine.PlatformMachine} with Python {machine.PythonVersion}",
                LockErrors.Held(environments, "packages for"));
        }

        var chosen = packages.FindAll(package => package.Text("marker") is not { } marker || Holds(marker));
        var twice = chosen.GroupBy(static package => package.Text("name")).FirstOrDefault(static same => same.Count() > 1);
        return twice is null ? chosen : throw _file.Error(
            ErrorCodes.InputMalformed, 0, twice.Key ?? "", "The package is there twice for one kind of machine.",
            "Lock the packages again.");
    }

    private LockedRelease ReleaseOf(TomlFile package)
    {
        var (name, version) = (package.Text("name")!, package.Text("version") ?? "");
        if (package.Keys.Contains("vcs"))
        {
            var repository = package.Table("vcs");
            return repository.Text("type") is null or "git"
                ? new LockedRelease(name, version, [], () => LockedAddress.OfIndex(
                    _file, name, version, $"git+{repository.Text("url")}#{repository.Text("commit-id")}", null,
                    repository.Text("subdirectory")))
                : throw repository.Wrong("type", "'git', the only version control that packages are built from");
        }

        var isArchive = package.Keys.Contains("archive");
        var source = package.Table(isArchive ? "archive" : "sdist");
        return new LockedRelease(
            name,
            version,
            [
                .. package.Tables("wheels").Select(static wheel
                    => (LockedAddress.FileNameOf(AddressOf(wheel)), AddressOf(wheel), wheel.Table("hashes").Text("sha256"))),
            ],
            !source.Keys.Any() ? null : () => LockedAddress.OfIndex(
                _file, name, version, AddressOf(source), source.Table("hashes").Text("sha256"), source.Text("subdirectory")));
    }

    private static string AddressOf(TomlFile file)
        => file.Text("url") ?? file.Text("path") ?? throw file.Wrong("url", "the address of the file");

    // Of a package that is there several times, the one whose marker holds counts.
    private void Read(TomlFile package, bool isOneOfSeveral)
    {
        if (package.Text("name") is not { } name || PythonRequirement.TryParse(name) is not { Constraint: "", Marker: "" })
        {
            throw package.Wrong("name", "the name of a Python package");
        }

        var marker = "";
        if (package.Text("marker") is { } text && !PythonMarker.TryNormalize(text, out marker))
        {
            throw package.Wrong("marker", "a marker as PEP 508 defines it");
        }

        var condition = marker.Length == 0 ? "" : ";" + marker;
        var address = AddressOf(package, name);
        if (isOneOfSeveral)
        {
            _builder.Add(Categories.PyPI, name, "", 0);
        }
        else if (address is not null)
        {
            _builder.Add(Categories.PyPI, $"{name}@{address}", condition, 0);
        }
        else if (package.Text("version") is { Length: > 0 } version)
        {
            _builder.Add(Categories.PyPI, name, version + condition, 0);
        }
        else
        {
            throw package.Wrong("version", "the version of the package");
        }
    }

    private string? AddressOf(TomlFile package, string name)
    {
        if (package.Keys.Contains("directory"))
        {
            throw NotKept(name, "a folder of this machine");
        }

        if (package.Keys.Contains("archive"))
        {
            return package.Table("archive").Text("url") ?? throw NotKept(name, "an archive of this machine");
        }

        if (!package.Keys.Contains("vcs"))
        {
            return null;
        }

        var repository = package.Table("vcs");
        var url = repository.Text("url") ?? throw NotKept(name, "a repository of this machine");
        var commit = repository.Text("commit-id") ?? throw repository.Wrong("commit-id", "the commit");
        var folder = repository.Text("subdirectory");
        return $"{repository.Text("type") ?? "git"}+{url}@{commit}"
            + (folder is null ? "" : $"#subdirectory={Uri.EscapeDataString(folder)}");
    }

    private ConfigurationException NotKept(string name, string place) => LockErrors.NotKept(_file, name, place);
}
