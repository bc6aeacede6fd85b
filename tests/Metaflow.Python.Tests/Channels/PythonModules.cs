using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Unpacked modules of Python from packages of Debian.</summary>
/// <param name="root">The folder with the unpacked packages.</param>
internal sealed class PythonModules(string root)
{
    /// <summary>The folder of the modules.</summary>
    public string Folder => Path.Combine(root, "usr", "lib", "python3", "dist-packages");

    /// <summary>Gives the modules the description that an installed wheel has, whatever Debian left of it.</summary>
    /// <param name="name">The distribution's name.</param>
    /// <param name="version">Its version without Debian's additions.</param>
    /// <param name="tag">What it runs on.</param>
    /// <param name="requires">What it requires, to add to its description.</param>
    public void Describe(string name, string version, string tag, IEnumerable<string> requires)
    {
        var old = Directory.GetDirectories(Folder, name + "-*").Single(static folder => folder.EndsWith("-info", StringComparison.Ordinal));
        var oldVersion = Path.GetFileNameWithoutExtension(old)[(name.Length + 1)..];
        if (oldVersion != version)
        {
            ReplaceText(oldVersion, version);
        }

        var metadata = new[] { "METADATA", "PKG-INFO" }.Select(file => Path.Combine(old, file)).First(File.Exists);
        var text = File.ReadAllText(metadata);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal) is var blank and >= 0 ? blank + 1 : text.Length;
        text = text.Insert(end, string.Concat(requires.Select(static requirement => $"Requires-Dist: {requirement}\n")));

        var described = Path.Combine(Folder, $"{name}-{version}.dist-info");
        var pure = tag.EndsWith("any", StringComparison.Ordinal) ? "true" : "false";
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["METADATA"] = text,
            ["INSTALLER"] = "conda\n",
            ["WHEEL"] = $"Wheel-Version: 1.0\nGenerator: debian\nRoot-Is-Purelib: {pure}\nTag: {tag}\n",
        };
        foreach (var kept in new[] { "entry_points.txt", "top_level.txt" }.Where(file => File.Exists(Path.Combine(old, file))))
        {
            files[kept] = File.ReadAllText(Path.Combine(old, kept));
        }

        Directory.Delete(old, recursive: true);
        Directory.CreateDirectory(described);
        foreach (var (file, content) in files)
        {
            File.WriteAllText(Path.Combine(described, file), content);
        }

        DropForeignLinks();
        WriteRecord(described);
    }

    /// <summary>Replaces a text in all modules that hold it.</summary>
    public void ReplaceText(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) is ".py" or "")
            {
                var text = File.ReadAllText(file);
                if (text.Contains(from, StringComparison.Ordinal))
                {
                    File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
                }
            }
        }
    }

    /// <summary>The files of a package for one Python.</summary>
    /// <param name="name">The package: scripts of numpy go along.</param>
    /// <param name="python">The first two parts of Python's version.</param>
    public IReadOnlyList<CondaFile> FilesOf(string name, string python)
    {
        List<CondaFile> files = [.. CondaFile.FromFolder(Folder, $"lib/python{python}/site-packages")];
        if (name == "numpy")
        {
            var start = $"#!{CondaPackage.Placeholder}/bin/python{python}\n";
            files.Add(CondaFile.Script("bin/f2py", start + "import sys\nfrom numpy.f2py.f2py2e import main\nsys.exit(main())\n"));
        }

        return files;
    }

    /// <summary>The files of a package for every Python.</summary>
    public IReadOnlyList<CondaFile> NoArchFiles() => [.. CondaFile.FromFolder(Folder, "site-packages")];

    /// <summary>Reads the commands from a distribution's entry points.</summary>
    public static IReadOnlyList<string> ReadCommands(string entryPoints)
    {
        var commands = new List<string>();
        var section = string.Empty;
        var lines = entryPoints.Split('\n').Select(static line => line.Trim());
        foreach (var line in lines.Where(static line => line.Length > 0 && line[0] != '#'))
        {
            section = line[0] == '[' ? line : section;
            if (section == "[console_scripts]" && line[0] != '[')
            {
                commands.Add(line);
            }
        }

        return commands;
    }

    // They lead to files of packages that are not taken.
    private void DropForeignLinks()
    {
        foreach (var entry in new DirectoryInfo(Folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList())
        {
            if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is not { Exists: true })
            {
                entry.Delete();
            }
        }
    }

    private void WriteRecord(string described)
    {
        var record = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(file);
            var path = Path.GetRelativePath(Folder, file);
            var hash = Base64Url.EncodeToString(SHA256.HashData(bytes));
            record.Append(CultureInfo.InvariantCulture, $"{path},sha256={hash},{bytes.Length}\n");
        }

        var name = Path.GetFileName(described);
        File.WriteAllText(Path.Combine(described, "RECORD"), record.Append(name).Append("/RECORD,,\n").ToString());
    }
}
