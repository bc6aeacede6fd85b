using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Writes conda packages. The same package always becomes the same bytes.</summary>
internal static class CondaPackageWriter
{
    private const int Level = 3;
    private const int EmptyArchive = 10240;
    private static readonly DateTimeOffset ZipTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the file of a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="path">The file to write.</param>
    public static void Write(CondaPackage package, string path)
    {
        var files = package.Files.OrderBy(static file => file.Path, StringComparer.Ordinal).ToList();
        var information = Information(package, files);
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
        if (package.Format == CondaFormat.TarBz2)
        {
            using var compressed = BZip2Stream.Create(stream, SharpCompress.Compressors.CompressionMode.Compress, false);
            WriteTar(compressed, package, [.. information, .. files]);
            return;
        }

        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        using (var metadata = Open(zip, "metadata.json"))
        {
            metadata.Write("{\"conda_pkg_format_version\": 2}"u8);
        }

        WriteArchive(zip, $"pkg-{package.Stem}.tar.zst", package, files);
        WriteArchive(zip, $"info-{package.Stem}.tar.zst", package, information);
    }

    /// <summary>What the index of a package says, which the channel's index repeats.</summary>
    public static JsonObject Index(CondaPackage package)
    {
        var index = new JsonObject
        {
            ["arch"] = package.Subdir == CondaPackage.Linux ? "x86_64" : null,
            ["build"] = package.Build,
            ["build_number"] = package.BuildNumber,
            ["constrains"] = Array(package.Constrains),
            ["depends"] = Array(package.Depends),
            ["license"] = package.License,
            ["name"] = package.Name,
        };
        if (package.NoArch is not null)
        {
            index["noarch"] = package.NoArch;
        }

        index["platform"] = package.Subdir == CondaPackage.Linux ? "linux" : null;
        index["subdir"] = package.Subdir;
        index["timestamp"] = package.Timestamp.ToUnixTimeMilliseconds();
        if (package.TrackFeatures is not null)
        {
            index["track_features"] = package.TrackFeatures;
        }

        index["version"] = package.Version;
        return index;
    }

    private static List<CondaFile> Information(CondaPackage package, List<CondaFile> files)
    {
        var paths = new JsonArray();
        var prefixes = new StringBuilder();
        foreach (var file in files)
        {
            paths.Add((JsonNode)Describe(file, prefixes));
        }

        List<CondaFile> information =
        [
            CondaFile.Text("info/about.json", new JsonObject { ["license"] = package.License, ["summary"] = package.Name }.ToJsonString()),
            CondaFile.Text("info/files", string.Concat(files.Select(static file => file.Path + "\n"))),
            CondaFile.Text("info/index.json", Index(package).ToJsonString()),
            CondaFile.Text("info/paths.json", new JsonObject { ["paths"] = paths, ["paths_version"] = 1 }.ToJsonString()),
        ];
        if (prefixes.Length > 0)
        {
            information.Add(CondaFile.Text("info/has_prefix", prefixes.ToString()));
        }

        if (files.Any(static file => file.NoLink))
        {
            var copied = files.Where(static file => file.NoLink).Select(static file => file.Path + "\n");
            information.Add(CondaFile.Text("info/no_link", string.Concat(copied)));
        }

        if (package.NoArch is not null)
        {
            var kind = new JsonObject { ["type"] = package.NoArch };
            if (package.EntryPoints.Count > 0)
            {
                kind["entry_points"] = Array(package.EntryPoints);
            }

            var link = new JsonObject { ["noarch"] = kind, ["package_metadata_version"] = 1 };
            information.Add(CondaFile.Text("info/link.json", link.ToJsonString()));
        }

        information.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return information;
    }

    private static JsonObject Describe(CondaFile file, StringBuilder prefixes)
    {
        var description = new JsonObject { ["_path"] = file.Path };
        if (file.LinkTarget is not null)
        {
            description["path_type"] = "softlink";
            return description;
        }

        var bytes = file.Read();
        description["path_type"] = "hardlink";
        description["sha256"] = Hashes.Of(bytes);
        description["size_in_bytes"] = bytes.Length;
        if (file.NoLink)
        {
            description["no_link"] = true;
        }

        if (bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(CondaPackage.Placeholder)) >= 0)
        {
            var mode = bytes.Contains((byte)0) ? "binary" : "text";
            description["file_mode"] = mode;
            description["prefix_placeholder"] = CondaPackage.Placeholder;
            prefixes.Append(CondaPackage.Placeholder).Append(' ').Append(mode).Append(' ').Append(file.Path).Append('\n');
        }

        return description;
    }

    private static JsonArray Array(IEnumerable<string> values) => [.. values.Select(static value => (JsonNode)value)];

    private static void WriteArchive(ZipArchive zip, string name, CondaPackage package, IReadOnlyCollection<CondaFile> files)
    {
        using var entry = Open(zip, name);
        using var compressed = new CompressionStream(entry, Level);
        WriteTar(compressed, package, files);
    }

    private static Stream Open(ZipArchive zip, string name)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = ZipTime;
        return entry.Open();
    }

    private static void WriteTar(Stream stream, CondaPackage package, IReadOnlyCollection<CondaFile> files)
    {
        if (files.Count == 0)
        {
            // The writer would leave out the blocks that end an archive.
            stream.Write(new byte[EmptyArchive]);
            return;
        }

        using var writer = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var file in files)
        {
            var kind = file.LinkTarget is null ? TarEntryType.RegularFile : TarEntryType.SymbolicLink;
            var entry = new GnuTarEntry(kind, file.Path)
            {
                ModificationTime = package.Timestamp,
                AccessTime = package.Timestamp,
                ChangeTime = package.Timestamp,
                Mode = (UnixFileMode)Convert.ToInt32(file.Executable ? "755" : "644", 8),
            };
            if (file.LinkTarget is { } target)
            {
                entry.LinkName = target;
                entry.Mode = (UnixFileMode)Convert.ToInt32("777", 8);
            }
            else
            {
                entry.DataStream = new MemoryStream(file.Read(), writable: false);
            }

            writer.WriteEntry(entry);
        }
    }
}
