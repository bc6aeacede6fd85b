using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>pylock.toml</c>, the lock file of PEP 751 that uv writes (<c>uv export</c>): all packages of it are asked for in their
/// exact versions. The hash of the file counts for the identity of the environment.</summary>
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

        foreach (var package in toml.Tables("packages"))
        {
            reader.Read(package);
        }

        var read = reader._builder.Build();
        return read with
        {
            Requirement = read.Requirement with
            {
                FilePaths = new Dictionary<string, IReadOnlyList<string>> { [PathCategory] = [file.Name] },
                UniqueKeys = new Dictionary<string, string> { [UniqueKey] = file.Sha256 },
            },
        };
    }

    private void Read(TomlFile package)
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
        if (AddressOf(package, name) is { } address)
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

    private ConfigurationException NotKept(string name, string place)
        => _file.Error(
            ErrorCodes.OptionUnsupported,
            0,
            name,
            $"The package is {place}, which no other machine has.",
            "Publish the package to an index, or name it by the address of its repository.");
}
