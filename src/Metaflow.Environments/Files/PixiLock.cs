using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>pixi.lock</c> of version 5 or 6: environments that refer to a list of packages. The environment <c>default</c> is
/// taken, or the only one.</summary>
internal sealed class PixiLock
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "pixi.lock";

    /// <summary>The key of the file's hash.</summary>
    public const string UniqueKey = "pixi_lock_content_hash";

    private const string Conda = "conda";
    private const string PyPI = "pypi";
    private const string Default = "default";
    private const string AddressOfPackage = "the address of the package";

    private readonly InputFile _file;
    private readonly LockBuilder _builder;
    private readonly Dictionary<(string Kind, string Address), YamlFile> _packages = [];

    private PixiLock(InputFile file)
    {
        _file = file;
        _builder = new LockBuilder(file, UniqueKey);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="architecture">The kind of machine, such as <c>linux-64</c>.</param>
    /// <returns>What it asks for, with the exact packages.</returns>
    /// <exception cref="ConfigurationException">It is malformed (MF7115), has no such environment or nothing for the kind of machine
    /// (MF7118), or has what cannot be kept (MF7112).</exception>
    public static FileRequirement Parse(InputFile file, string architecture)
    {
        var yaml = YamlFile.Parse(file);
        return yaml.Text("version") is "5" or "6"
            ? new PixiLock(file).Read(yaml, architecture)
            : throw yaml.Wrong("version", "the version 5 or 6 of the format");
    }

    private FileRequirement Read(YamlFile yaml, string architecture)
    {
        // Version 5 says the kind and has the address in 'url' or 'path'; version 6 has it in a key that is called as the kind.
        foreach (var package in yaml.Tables("packages"))
        {
            var kind = package.Text("kind") ?? (package.Keys.Contains(Conda) ? Conda : PyPI);
            var address = package.Text("url") ?? package.Text("path") ?? package.Text(kind)
                ?? throw package.Wrong(kind, AddressOfPackage);
            _packages[(kind, address)] = package;
        }

        var environments = yaml.Table("environments");
        List<string> names = [.. environments.Keys];
        var name = names.Contains(Default) ? Default : names is [var only] ? only : throw LockErrors.Lacks(
            _file, $"environment '{Default}'", LockErrors.Held(names, "the environments"));
        if (names.Count > 1)
        {
            _builder.Note($"Of the environments in '{_file.Name}' '{name}' is taken.");
        }

        var environment = environments.Table(name);
        foreach (var channel in environment.Tables("channels"))
        {
            _builder.AddChannel(channel.Required("url", "the name or address of a channel"));
        }

        var machines = environment.Table("packages");
        if (!machines.Keys.Contains(architecture))
        {
            throw LockErrors.Lacks(_file, $"packages for {architecture}", LockErrors.Held(machines.Keys, "packages for"));
        }

        foreach (var reference in machines.Tables(architecture))
        {
            Add(reference);
        }

        return _builder.Build();
    }

    private void Add(YamlFile reference)
    {
        var kind = reference.Keys.Contains(Conda) ? Conda : PyPI;
        var address = reference.Required(kind, AddressOfPackage);
        if (!_packages.TryGetValue((kind, address), out var package))
        {
            throw reference.Wrong(kind, "the address of a package in 'packages'");
        }

        var sha256 = package.Text("sha256");
        if (kind == Conda)
        {
            _builder.Add(LockedAddress.OfConda(_file, address, package.Text("md5"), sha256));
            return;
        }

        var name = package.Required("name", "the name of the package");
        if (package.Text("editable") == "true" || package.Keys.Contains("path"))
        {
            throw LockErrors.NotKept(_file, name, "a folder or file of this machine");
        }

        // A source that is no archive need not say its version.
        _builder.Add(LockedAddress.OfIndex(_file, name, package.Text("version") ?? "", address, sha256));
    }
}
