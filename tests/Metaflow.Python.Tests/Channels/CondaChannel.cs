using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ZstdSharp;

namespace Metaflow.Python.Tests.Channels;

/// <summary>A channel of conda packages in a folder, which a server can show.</summary>
/// <param name="folder">The folder.</param>
internal sealed class CondaChannel(string folder)
{
    private const int Level = 3;

    // Version texts hold characters such as '>', which public channels do not escape.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedDictionary<string, SortedDictionary<string, JsonObject>> _records = new(StringComparer.Ordinal)
    {
        [CondaPackage.Linux] = new(StringComparer.Ordinal),
        [CondaPackage.NoArchitecture] = new(StringComparer.Ordinal),
    };

    /// <summary>The folder of the channel.</summary>
    public string Folder => folder;

    /// <summary>Writes a package's file and keeps what the index will say of it.</summary>
    /// <returns>The package's file.</returns>
    public string Add(CondaPackage package)
    {
        var part = Directory.CreateDirectory(Path.Combine(folder, package.Subdir)).FullName;
        var path = Path.Combine(part, package.FileName);
        CondaPackageWriter.Write(package, path);
        var record = CondaPackageWriter.Index(package);
        record["md5"] = Hashes.Md5OfFile(path);
        record["sha256"] = Hashes.OfFile(path);
        record["size"] = new FileInfo(path).Length;
        if (!_records.TryGetValue(package.Subdir, out var records))
        {
            records = _records[package.Subdir] = new(StringComparer.Ordinal);
        }

        records.Add(package.FileName, record);
        return path;
    }

    /// <summary>Adds a record for which there is no file: enough for solving.</summary>
    public void AddRecord(CondaPackage package)
    {
        var record = CondaPackageWriter.Index(package);
        (record["md5"], record["sha256"], record["size"]) = (new string('0', 32), Hashes.OfText(package.FileName), 1000);
        _records[package.Subdir].Add(package.FileName, record);
    }

    /// <summary>Writes the index of each part of the channel, plain and compressed.</summary>
    public void WriteIndex()
    {
        foreach (var (subdir, records) in _records)
        {
            var part = Directory.CreateDirectory(Path.Combine(folder, subdir)).FullName;
            var text = new JsonObject
            {
                ["info"] = new JsonObject { ["subdir"] = subdir },
                ["packages"] = Select(records, ".tar.bz2"),
                ["packages.conda"] = Select(records, ".conda"),
                ["removed"] = new JsonArray(),
                ["repodata_version"] = 1,
            };
            var bytes = JsonSerializer.SerializeToUtf8Bytes(text, Plain);
            File.WriteAllBytes(Path.Combine(part, "repodata.json"), bytes);
            using var compressor = new Compressor(Level);
            File.WriteAllBytes(Path.Combine(part, "repodata.json.zst"), compressor.Wrap(bytes).ToArray());
        }
    }

    private static JsonObject Select(SortedDictionary<string, JsonObject> records, string extension)
    {
        var selected = new JsonObject();
        foreach (var (name, record) in records.Where(record => record.Key.EndsWith(extension, StringComparison.Ordinal)))
        {
            selected[name] = record.DeepClone();
        }

        return selected;
    }
}
