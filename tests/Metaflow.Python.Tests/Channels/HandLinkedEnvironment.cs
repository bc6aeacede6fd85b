using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Packages of a channel, put into a folder by the simplest means, to see what the channel is worth by itself.</summary>
/// <param name="channel">The channel's folder.</param>
/// <param name="prefix">The folder of the environment.</param>
internal sealed class HandLinkedEnvironment(string channel, string prefix)
{
    private readonly Dictionary<string, (string File, JsonNode Record)> _linked = new(StringComparer.Ordinal);

    /// <summary>The program of Python.</summary>
    public string Python => Path.Combine(prefix, "bin", "python");

    /// <summary>Puts packages and all that they need into the folder.</summary>
    /// <param name="suite">The number of the release whose packages are taken.</param>
    /// <param name="newest">Whether the newest or the oldest of packages for every Python is taken.</param>
    /// <param name="names">The packages.</param>
    public void Link(int suite, bool newest, params string[] names)
    {
        foreach (var (file, record) in Choose(channel, suite, newest, names))
        {
            _linked[(string)record["name"]!] = (file, record);
        }

        ExtractAll();
    }

    /// <summary>Puts packages into the folder, and nothing else.</summary>
    /// <param name="files">The packages' files.</param>
    public void LinkFiles(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var record = JsonNode.Parse(ReadPackage(file)["info/index.json"].Bytes)!;
            _linked[(string)record["name"]!] = (file, record);
        }

        ExtractAll();
    }

    // Where the modules of packages for every Python go is known when Python is there.
    private void ExtractAll()
    {
        var python = _linked.TryGetValue("python", out var found) ? (string)found.Record["version"]! : null;
        var modules = python is null ? null : $"lib/python{string.Join('.', python.Split('.')[..2])}/site-packages/";
        foreach (var (file, record) in _linked.Values)
        {
            Extract(file, record["noarch"] is JsonValue kind && (string)kind! == "python" ? modules : null);
        }
    }

    /// <summary>Chooses packages and all that they need.</summary>
    /// <param name="channel">The channel's folder.</param>
    /// <param name="suite">The number of the release whose packages are taken.</param>
    /// <param name="newest">Whether the newest or the oldest of packages for every Python is taken.</param>
    /// <param name="names">The packages.</param>
    public static IReadOnlyCollection<(string File, JsonNode Record)> Choose(string channel, int suite, bool newest, params string[] names)
    {
        var chosen = new Dictionary<string, (string File, JsonNode Record)>(StringComparer.Ordinal);
        var candidates = new[] { CondaPackage.Linux, CondaPackage.NoArchitecture }
            .SelectMany(subdir => ReadRecords(Path.Combine(channel, subdir)))
            .ToLookup(static candidate => (string)candidate.Record["name"]!, StringComparer.Ordinal);
        var waiting = new Queue<string>(names);
        while (waiting.TryDequeue(out var name))
        {
            if (name.StartsWith("__", StringComparison.Ordinal) || chosen.ContainsKey(name))
            {
                continue;
            }

            chosen[name] = Choose(candidates[name], suite, newest);
            foreach (var need in chosen[name].Record["depends"]!.AsArray())
            {
                waiting.Enqueue(((string)need!).Split(' ')[0]);
            }
        }

        return chosen.Values;
    }

    /// <summary>Runs Python with nothing of this machine's environment.</summary>
    public async Task<string> RunAsync(string code, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = prefix, ["PYTHONDONTWRITEBYTECODE"] = "1" };
        return await Command.RunAsync(Python, ["-c", code, .. arguments], environment, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads the records of a part of a channel.</summary>
    public static IEnumerable<(string File, JsonNode Record)> ReadRecords(string part)
    {
        var index = JsonNode.Parse(File.ReadAllBytes(Path.Combine(part, "repodata.json")))!;
        return new[] { "packages", "packages.conda" }
            .SelectMany(kind => index[kind]!.AsObject())
            .Select(pair => (Path.Combine(part, pair.Key), pair.Value!));
    }

    /// <summary>Reads all entries of a package's file.</summary>
    public static IReadOnlyDictionary<string, (TarEntry Entry, byte[] Bytes)> ReadPackage(string file)
    {
        var entries = new Dictionary<string, (TarEntry, byte[])>(StringComparer.Ordinal);
        using var stream = File.OpenRead(file);
        if (file.EndsWith(".tar.bz2", StringComparison.Ordinal))
        {
            using var tar = BZip2Stream.Create(stream, SharpCompress.Compressors.CompressionMode.Decompress, false);
            ReadTar(tar, entries);
            return entries;
        }

        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        foreach (var part in zip.Entries.Where(static part => part.FullName.EndsWith(".tar.zst", StringComparison.Ordinal)))
        {
            using var compressed = part.Open();
            using var tar = new DecompressionStream(compressed);
            ReadTar(tar, entries);
        }

        return entries;
    }

    private static void ReadTar(Stream stream, Dictionary<string, (TarEntry Entry, byte[] Bytes)> entries)
    {
        using var reader = new TarReader(stream, leaveOpen: true);
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            var bytes = new MemoryStream();
            entry.DataStream?.CopyTo(bytes);
            entries.Add(entry.Name, (entry, bytes.ToArray()));
        }
    }

    private static (string File, JsonNode Record) Choose(IEnumerable<(string File, JsonNode Record)> candidates, int suite, bool newest)
    {
        var sorted = candidates.OrderBy(static candidate => candidate.File, StringComparer.Ordinal).ToList();
        var mine = sorted.Where(candidate => IsOf(candidate.Record, suite)).ToList();
        return mine.Count > 0 ? mine[^1] : newest ? sorted[^1] : sorted[0];
    }

    private static bool IsOf(JsonNode record, int suite)
        => record["depends"]!.AsArray().Any(need => (string)need! == $"_debian_suite {suite}.*")
            || ((string)record["name"]! == "_debian_suite" && (string)record["version"]! == $"{suite}");

    private void Extract(string file, string? modules)
    {
        var entries = ReadPackage(file);
        var paths = JsonDocument.Parse(entries["info/paths.json"].Bytes).RootElement.GetProperty("paths");
        foreach (var description in paths.EnumerateArray())
        {
            var path = description.GetProperty("_path").GetString()!;
            var (entry, bytes) = entries[path];
            var target = Path.Combine(prefix, modules is null ? path : PlaceOf(path, modules));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (entry.EntryType == TarEntryType.SymbolicLink)
            {
                File.CreateSymbolicLink(target, entry.LinkName);
                continue;
            }

            var isBinary = description.TryGetProperty("file_mode", out var mode) && mode.GetString() == "binary";
            File.WriteAllBytes(target, mode.ValueKind == JsonValueKind.Undefined ? bytes : Replace(bytes, isBinary));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(target, entry.Mode);
            }
        }
    }

    private static string PlaceOf(string path, string modules)
        => path.Replace("site-packages/", modules, StringComparison.Ordinal).Replace("python-scripts/", "bin/", StringComparison.Ordinal);

    private byte[] Replace(byte[] bytes, bool isBinary)
    {
        var text = Encoding.Latin1.GetString(bytes);
        if (!isBinary)
        {
            return Encoding.Latin1.GetBytes(text.Replace(CondaPackage.Placeholder, prefix, StringComparison.Ordinal));
        }

        var strings = text.Split('\0');
        var changed = new StringBuilder(text.Length);
        foreach (var original in strings)
        {
            var replaced = original.Replace(CondaPackage.Placeholder, prefix, StringComparison.Ordinal);
            changed.Append(replaced.PadRight(original.Length, '\0')).Append('\0');
        }

        return Encoding.Latin1.GetBytes(changed.ToString(0, text.Length));
    }
}
