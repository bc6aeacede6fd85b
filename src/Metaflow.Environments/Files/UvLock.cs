using Metaflow.Environments.Requirements;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Markers;
using Metaflow.Python.PyPI.Resolving;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>uv.lock</c>, version 1, the lock file of a project of uv: the packages that the project and the members of its
/// workspace need, without their optional ones and groups. The project itself is the author's own code and is not installed.</summary>
internal sealed class UvLock
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "uv.lock";

    /// <summary>The key of the file's hash.</summary>
    public const string UniqueKey = "uv_lock_content_hash";

    private static readonly string[] LocalSources = ["editable", "virtual", "directory", "path"];

    private readonly InputFile _file;
    private readonly List<Entry> _entries = [];

    private UvLock(InputFile file) => _file = file;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What it asks for, with the exact packages.</returns>
    /// <exception cref="ConfigurationException">It is malformed (MF7115).</exception>
    public static FileRequirement Parse(InputFile file)
    {
        var toml = TomlFile.Parse(file);
        if (toml.Number("version") is not 1)
        {
            throw toml.Wrong("version", "the version 1 of the format");
        }

        var reader = new UvLock(file);
        reader._entries.AddRange(toml.Tables("package").Select(static table => new Entry(table)));
        return reader.Read(toml);
    }

    private FileRequirement Read(TomlFile toml)
    {
        List<string> members = [.. toml.Table("manifest").Texts("members")];
        var roots = _entries.FindAll(entry => entry.Local is not null
            && (members.Count > 0 ? members.Contains(entry.Name) : entry.Table.Table("source").Text(entry.Local) == "."));
        if (roots.Count == 0)
        {
            throw toml.Wrong("package", "a list that has the project");
        }

        var builder = new RequirementBuilder(_file);
        if (toml.Text("requires-python") is { } python)
        {
            builder.SetPython(python, 0);
        }

        foreach (var same in _entries.Except(roots).GroupBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            // Of several versions, the one that fits the machine counts.
            builder.Add(Categories.PyPI, same.Key, same.ToList() is [{ Version: var only }] ? only : "", 0);
        }

        var read = builder.Build();
        return read with
        {
            Notes =
            [
                .. read.Notes,
                $"The project in '{_file.Name}' is not installed, and neither are its optional packages and groups.",
            ],
            Requirement = read.Requirement with { UniqueKeys = new Dictionary<string, string> { [UniqueKey] = _file.Sha256 } },
            Locked = new LockedContent(null, (version, platform) => Choose(roots, version, platform)),
        };
    }

    private List<PipPackage> Choose(IReadOnlyList<Entry> roots, PythonVersion python, PythonPlatform platform)
    {
        var machine = MarkerEnvironment.Of(python, platform);
        var seen = new HashSet<(Entry Entry, string Extra)>();
        var waiting = new Queue<(Entry Entry, string Extra)>(roots.Select(static root => (root, "")));
        while (waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            foreach (var dependency in next.Entry.DependenciesOf(next.Extra))
            {
                if (!Holds(dependency, machine, next.Extra))
                {
                    continue;
                }

                var found = Find(dependency);
                waiting.Enqueue((found, ""));
                foreach (var extra in dependency.Texts("extra"))
                {
                    waiting.Enqueue((found, extra));
                }
            }
        }

        return
        [
            .. _entries.Where(entry => !roots.Contains(entry) && seen.Contains((entry, "")))
                .Select(entry => ReleaseOf(entry).Choose(_file, python, platform)),
        ];
    }

    private static bool Holds(TomlFile dependency, MarkerEnvironment machine, string extra)
    {
        if (dependency.Text("marker") is not { } text)
        {
            return true;
        }

        // What depends on the kernel's version counts.
        return RequirementMarker.TryParse(text, out var marker)
            ? marker.Evaluate(machine, extra.Length == 0 ? [] : [extra]) != false
            : throw dependency.Wrong("marker", "a marker as PEP 508 defines it");
    }

    private Entry Find(TomlFile dependency)
    {
        var name = dependency.Text("name");
        var version = dependency.Text("version");
        var found = _entries.FindAll(entry => entry.Name == name && (version is null || entry.Version == version));
        if (found.Count > 1 && dependency.Keys.Contains("source"))
        {
            var source = SourceOf(dependency.Table("source"));
            found = found.FindAll(entry => SourceOf(entry.Table.Table("source")) == source);
        }

        return found is [var only] ? only : throw dependency.Wrong("name", "the name of one package of the file");
    }

    private LockedRelease ReleaseOf(Entry entry)
    {
        var source = entry.Table.Table("source");
        if (entry.Local is not null)
        {
            throw LockErrors.NotKept(_file, entry.Name, "a folder or file of this machine");
        }

        if (source.Text("git") is { } repository)
        {
            return new LockedRelease(
                entry.Name, entry.Version, [],
                () => LockedAddress.OfIndex(_file, entry.Name, entry.Version, "git+" + repository, null, source.Text("subdirectory")));
        }

        // Of a direct address, the files do not repeat it.
        var direct = source.Text("url");
        var wheels = entry.Table.Tables("wheels").Select(wheel =>
        {
            var address = direct ?? AddressOf(wheel);
            return (wheel.Text("filename") ?? LockedAddress.FileNameOf(address), address, HashOf(wheel));
        }).ToList();
        var archive = entry.Table.Table("sdist");
        return new LockedRelease(
            entry.Name, entry.Version, wheels,
            !entry.Table.Keys.Contains("sdist") ? null : () => LockedAddress.OfIndex(
                _file, entry.Name, entry.Version, direct ?? AddressOf(archive), HashOf(archive), source.Text("subdirectory")));
    }

    private static string SourceOf(TomlFile source)
        => string.Join(' ', source.Keys.Order(StringComparer.Ordinal).Select(key => $"{key}={source.Text(key)}"));

    private static string AddressOf(TomlFile archive)
        => archive.Text("url") ?? archive.Text("path") ?? archive.Text("filename") ?? throw archive.Wrong("url", "the address of the file");

    private static string? HashOf(TomlFile archive)
        => archive.Text("hash") is { } hash && hash.StartsWith("sha256:", StringComparison.Ordinal) ? hash["sha256:".Length..] : null;

    /// <summary>A package of the file.</summary>
    private sealed class Entry
    {
        public Entry(TomlFile table)
        {
            Table = table;
            Name = table.Text("name") is { } name && PythonName.IsValid(name) ? name : throw table.Wrong("name", "the name of a package");
            Version = table.Text("version") ?? "";
            Local = Array.Find(LocalSources, key => table.Table("source").Keys.Contains(key));
        }

        public TomlFile Table { get; }

        public string Name { get; }

        public string Version { get; }

        /// <summary>Gets the kind of source that is on this machine; <see langword="null"/> if others have it too.</summary>
        public string? Local { get; }

        public IEnumerable<TomlFile> DependenciesOf(string extra)
            => extra.Length == 0 ? Table.Tables("dependencies") : Table.Table("optional-dependencies").Tables(extra);
    }
}
