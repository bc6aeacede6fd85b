using System.Text;
using System.Text.RegularExpressions;

namespace Metaflow.Python.Tests.Channels;

/// <summary>An unpacked Python of Debian, which becomes the Python that everybody else knows.</summary>
/// <param name="version">The first two parts of the version.</param>
/// <param name="root">The folder with the unpacked packages.</param>
internal sealed partial class PythonTree(string version, string root)
{
    private const string Tests = @"(dist-packages|python3\.\d+)/.*(tests?|lib2to3)/";
    private const string SystemData = "_sysconfigdata__linux_x86_64-linux-gnu.py";

    private static readonly string[] DebianOnly =
        ["dist-packages", "test", "sitecustomize.py", "EXTERNALLY-MANAGED", "_distutils_system_mod.py"];

    /// <summary>The program.</summary>
    public string Program => Path.Combine(root, "usr", "bin", "python" + version);

    private string Library => Path.Combine(root, "usr", "lib", "python" + version);

    /// <summary>Undoes what Debian changes: the names and places of the folders for modules, and the places on the machine.</summary>
    public void MakeVanilla()
    {
        foreach (var name in DebianOnly.Select(name => Path.Combine(Library, name)))
        {
            Delete(name);
        }

        // It is the only one that needs libraries of Kerberos, for a service that hardly anybody runs.
        foreach (var extension in Directory.GetFiles(Path.Combine(Library, "lib-dynload"), "nis.*.so"))
        {
            File.Delete(extension);
        }

        // The module 'site' is part of the program, too. Both names have the same length.
        Replace(Program, "dist-packages"u8, "site-packages"u8);
        Replace(Path.Combine(Library, "site.py"), "dist-packages"u8, "site-packages"u8);
        var configuration = Path.Combine(Library, "sysconfig.py");
        configuration = File.Exists(configuration) ? configuration : Path.Combine(Library, "sysconfig", "__init__.py");
        Replace(configuration, "prefix_scheme = 'posix_local'"u8, "prefix_scheme = 'posix_prefix'"u8);

        var data = Path.Combine(Library, SystemData);
        if (new FileInfo(data).LinkTarget is { } target)
        {
            var real = Path.Combine(Library, target);
            File.Delete(data);
            File.Move(real, data);
            File.CreateSymbolicLink(real, SystemData);
        }

        var text = MachinePlace().Replace(File.ReadAllText(data), CondaPackage.Placeholder);
        var libraries = CondaPackage.Placeholder + "/lib";
        File.WriteAllText(data, text.Replace(libraries + "/x86_64-linux-gnu", libraries, StringComparison.Ordinal));
    }

    /// <summary>Compiles modules, as packages of public channels bring them.</summary>
    /// <param name="libraries">The folders of the libraries that the program needs.</param>
    /// <param name="folders">Further folders of modules.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task CompileAsync(IEnumerable<string> libraries, IEnumerable<string> folders, CancellationToken cancellationToken)
    {
        // The program may need a newer C library than the machine has, so the loader of its own one starts it where there is one.
        var places = string.Join(':', libraries);
        var loader = places.Split(':').Select(static place => Path.Combine(place, "ld-linux-x86-64.so.2")).FirstOrDefault(File.Exists);
        string[] start = loader is null ? [Program] : [loader, "--library-path", places, Program];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PYTHONHOME"] = Path.Combine(root, "usr"),
            ["PYTHONHASHSEED"] = "0",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        if (loader is null)
        {
            environment["LD_LIBRARY_PATH"] = places;
        }

        foreach (var folder in folders.Prepend(Library))
        {
            string[] compile =
                ["-S", "-m", "compileall", "-q", "-x", Tests, "--invalidation-mode", "unchecked-hash", "-s", folder, folder];
            await Command.RunAsync(start[0], [.. start[1..], .. compile], environment, cancellationToken);
        }

        // A compiled file of text with the placeholder would keep the placeholder.
        foreach (var compiled in Directory.GetFiles(Path.Combine(Library, "__pycache__"), "_sysconfigdata_*.pyc"))
        {
            File.Delete(compiled);
        }
    }

    /// <summary>All files of the conda package.</summary>
    public IReadOnlyList<CondaFile> Files()
    {
        var name = "python" + version;
        return
        [
            CondaFile.From("bin/" + name, Program),
            CondaFile.Link("bin/python", name),
            CondaFile.Link("bin/python3", name),
            CondaFile.Script($"bin/pydoc{version}", $"#!{CondaPackage.Placeholder}/bin/{name}\nimport pydoc\npydoc.cli()\n"),
            CondaFile.Link("bin/pydoc", "pydoc" + version),
            .. CondaFile.FromFolder(Library, "lib/" + name),
        ];
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else if (new FileInfo(path) is { } file && (file.Exists || file.LinkTarget is not null))
        {
            file.Delete();
        }
    }

    private static void Replace(string path, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.AsSpan().IndexOf(from) < 0)
        {
            throw new InvalidOperationException($"'{path}' does not hold '{Encoding.ASCII.GetString(from)}': Debian changed it.");
        }

        var changed = new MemoryStream(bytes.Length);
        var rest = bytes.AsSpan();
        while (rest.IndexOf(from) is var index and >= 0)
        {
            changed.Write(rest[..index]);
            changed.Write(to);
            rest = rest[(index + from.Length)..];
        }

        changed.Write(rest);
        File.WriteAllBytes(path, changed.ToArray());
    }

    // The tools of the machine on which Debian built stay as they are.
    [GeneratedRegex(@"(?<=['\s:=])/usr(?=[/'\s:])(?!/bin/(install|dtrace|mkdir))")]
    private static partial Regex MachinePlace();
}
