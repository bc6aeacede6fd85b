using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>A distribution of Python modules that a test makes: as a wheel or as sources.</summary>
internal sealed record Wheel
{
    private static readonly DateTimeOffset Time = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The name, as its author writes it.</summary>
    public required string Name { get; init; }

    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>What it requires, with markers and extras.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>The names of its extras.</summary>
    public IReadOnlyList<string> Extras { get; init; } = [];

    /// <summary>The versions of Python that it runs on, or <see langword="null"/> for all.</summary>
    public string? RequiresPython { get; init; }

    /// <summary>What it runs on.</summary>
    public string Tag { get; init; } = "py3-none-any";

    /// <summary>The number of the build, or <see langword="null"/>.</summary>
    public string? Build { get; init; }

    /// <summary>The commands, such as <c>tool = module:function</c>.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>The files by their paths in the wheel. The default is one module that tells its version.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether an index says that the file must not be used any more.</summary>
    public string? Yanked { get; init; }

    /// <summary>The name as it stands in names of files and modules.</summary>
    public string ModuleName => Name.Replace('-', '_').Replace('.', '_').ToLowerInvariant();

    /// <summary>The name of the wheel's file.</summary>
    public string FileName => $"{ModuleName}-{Version}{(Build is null ? string.Empty : "-" + Build)}-{Tag}.whl";

    /// <summary>The name of the file of its sources.</summary>
    public string SourceFileName => $"{ModuleName}-{Version}.tar.gz";

    /// <summary>The description that index, wheel and sources share.</summary>
    public string Metadata()
    {
        var text = new StringBuilder($"Metadata-Version: 2.1\nName: {Name}\nVersion: {Version}\nSummary: A distribution of tests\n");
        if (RequiresPython is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Requires-Python: {RequiresPython}\n");
        }

        foreach (var requirement in Requires)
        {
            text.Append(CultureInfo.InvariantCulture, $"Requires-Dist: {requirement}\n");
        }

        foreach (var extra in Extras)
        {
            text.Append(CultureInfo.InvariantCulture, $"Provides-Extra: {extra}\n");
        }

        return text.ToString();
    }

    /// <summary>Writes the wheel. The same wheel always becomes the same bytes.</summary>
    public void Write(string path)
    {
        var information = $"{ModuleName}-{Version}.dist-info";
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [$"{information}/METADATA"] = Metadata(),
            [$"{information}/WHEEL"] = WheelText(),
        };
        if (Commands.Count > 0)
        {
            files[$"{information}/entry_points.txt"] = CommandText();
        }

        foreach (var (file, text) in Modules())
        {
            files[file] = text;
        }

        var record = files.Select(static file => $"{file.Key},sha256={HashOf(file.Value)},{Encoding.UTF8.GetByteCount(file.Value)}\n");
        files[$"{information}/RECORD"] = string.Concat(record) + information + "/RECORD,,\n";
        using var stream = new FileStream(path, FileMode.CreateNew);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (file, text) in files)
        {
            var entry = zip.CreateEntry(file);
            entry.LastWriteTime = Time;
            using var content = entry.Open();
            content.Write(Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>Writes sources that setuptools builds.</summary>
    public void WriteSource(string path)
    {
        var root = $"{ModuleName}-{Version}";
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PKG-INFO"] = Metadata(),
            ["pyproject.toml"] = "[build-system]\nrequires = [\"setuptools>=61\"]\nbuild-backend = \"setuptools.build_meta\"\n",
            ["setup.py"] = SetupText(),
        };
        foreach (var (file, text) in Modules())
        {
            files[file] = text;
        }

        using var stream = new FileStream(path, FileMode.CreateNew);
        using var compressed = new GZipStream(stream, CompressionLevel.Optimal);
        using var tar = new System.Formats.Tar.TarWriter(compressed, System.Formats.Tar.TarEntryFormat.Ustar);
        foreach (var (file, text) in files)
        {
            tar.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, $"{root}/{file}")
            {
                ModificationTime = Time,
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            });
        }
    }

    private IReadOnlyDictionary<string, string> Modules()
        => Files.Count > 0
            ? Files
            : new Dictionary<string, string>
            {
                [$"{ModuleName}/__init__.py"] = $"__version__ = '{Version}'\n\n\ndef main():\n    print('{Name}', __version__)\n",
            };

    private string WheelText()
    {
        var pure = Tag.EndsWith("-any", StringComparison.Ordinal) ? "true" : "false";
        var build = Build is null ? string.Empty : $"Build: {Build}\n";
        return $"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {pure}\n{build}Tag: {Tag}\n";
    }

    private string CommandText() => "[console_scripts]\n" + string.Concat(Commands.Select(static command => command + "\n"));

    private string SetupText()
    {
        var plain = Requires.Where(static requirement => !requirement.Contains("extra ==", StringComparison.Ordinal));
        var commands = string.Join(", ", Commands.Select(static command => $"'{command}'"));
        var python = RequiresPython is null ? string.Empty : $"    python_requires='{RequiresPython}',\n";
        return $$"""
            from setuptools import setup, find_packages

            setup(
                name='{{Name}}',
                version='{{Version}}',
                packages=find_packages(),
                install_requires=[{{string.Join(", ", plain.Select(static requirement => $"\"{requirement.Replace('"', '\'')}\""))}}],
                entry_points={'console_scripts': [{{commands}}]},
            {{python}})

            """;
    }

    private static string HashOf(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
