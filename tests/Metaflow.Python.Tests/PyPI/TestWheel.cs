using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Python.Tests.PyPI;

/// <summary>Makes wheels, right and wrong ones.</summary>
internal sealed class TestWheel(string name, string version)
{
    private const int RegularFile = 0x8000;

    private readonly List<(string Path, byte[] Content, int Mode)> _files = [];
    private readonly List<string> _lines = [];

    public string Tag { get; init; } = "py3-none-any";

    public bool IsPure { get; init; } = true;

    public string Info => $"{name}-{version}.dist-info";

    public string Data => $"{name}-{version}.data";

    public IReadOnlyList<string> Requires { get; init; } = [];

    public IReadOnlyList<string> Extras { get; init; } = [];

    /// <summary>Gets what becomes of the list of files before it is written.</summary>
    public Func<string, string> Record { get; init; } = static text => text;

    public TestWheel Add(string path, string content, int mode = 0b110_100_100) => Add(path, Encoding.UTF8.GetBytes(content), mode);

    public TestWheel Add(string path, byte[] content, int mode = 0b110_100_100, bool isListed = true)
    {
        _files.Add((path, content, mode));
        if (isListed)
        {
            var quoted = path.Contains('"', StringComparison.Ordinal)
                ? $"\"{path.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : path;
            _lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"{quoted},sha256={Base64Url.EncodeToString(SHA256.HashData(content))},{content.Length}"));
        }

        return this;
    }

    /// <summary>Writes the wheel.</summary>
    public string Write(string folder)
    {
        var requires = string.Concat(Requires.Select(static item => $"Requires-Dist: {item}\n"));
        requires += string.Concat(Extras.Select(static item => $"Provides-Extra: {item}\n"));
        Add($"{Info}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}\nText.\n");
        Add($"{Info}/WHEEL", $"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: {(IsPure ? "true" : "false")}\nTag: {Tag}\n");
        Add($"{Info}/RECORD", Encoding.UTF8.GetBytes(Record(string.Join('\n', _lines) + $"\n{Info}/RECORD,,\n")), isListed: false);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{name}-{version}-{Tag}.whl");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (entryPath, content, mode) in _files)
        {
            var entry = zip.CreateEntry(entryPath, CompressionLevel.Fastest);
            entry.ExternalAttributes = (RegularFile | mode) << 16;
            entry.LastWriteTime = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var stream = entry.Open();
            stream.Write(content);
        }

        return path;
    }
}
