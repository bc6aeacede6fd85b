using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Metaflow.Python.Conda.Archives;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>Makes real files of conda packages, with its own writers.</summary>
internal sealed class PackageBuilder(string name, string version = "1.0", string build = "0")
{
    public const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
    public const UnixFileMode Executable = (UnixFileMode)0b111_101_101;
    public static readonly DateTimeOffset ModifiedAt = new(2021, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly List<Func<TarEntry>> _files = [];
    private readonly List<(string Path, byte[] Content)> _info = [];
    private readonly JsonArray _paths = [];

    public string Stem { get; } = $"{name}-{version}-{build}";

    public JsonObject Index { get; } = new()
    {
        ["build"] = build,
        ["build_number"] = 0,
        ["depends"] = new JsonArray("libz >=1.2"),
        ["name"] = name,
        ["subdir"] = "linux-64",
        ["timestamp"] = 1600000000000,
        ["version"] = version,
    };

    public bool HasPathsFile { get; init; } = true;

    public TarEntryFormat TarFormat { get; init; } = TarEntryFormat.Pax;

    public int ZstdLevel { get; init; } = 3;

    public CompressionLevel ZipLevel { get; init; } = CompressionLevel.NoCompression;

    public bool IsInfoFirst { get; init; }

    public PackageBuilder File(string path, string content, UnixFileMode mode = Plain) => File(path, Encoding.UTF8.GetBytes(content), mode);

    public PackageBuilder File(
        string path, byte[] content, UnixFileMode mode = Plain, string? placeholder = null, string? fileMode = null, bool noLink = false)
    {
        _files.Add(() => Entry(TarEntryType.RegularFile, path, content, mode));
        var record = new JsonObject
        {
            ["_path"] = path,
            ["path_type"] = "hardlink",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
            ["size_in_bytes"] = content.Length,
        };
        if (placeholder is not null)
        {
            record["prefix_placeholder"] = placeholder;
            record["file_mode"] = fileMode;
        }

        if (noLink)
        {
            record["no_link"] = true;
        }

        _paths.Add(record);
        return this;
    }

    public PackageBuilder Text(string path, string content, string placeholder, UnixFileMode mode = Plain)
        => File(path, Encoding.UTF8.GetBytes(content), mode, placeholder, "text");

    public PackageBuilder Binary(string path, byte[] content, string placeholder, UnixFileMode mode = Executable)
        => File(path, content, mode, placeholder, "binary");

    public PackageBuilder Link(string path, string target)
    {
        Raw(() => Linked(TarEntryType.SymbolicLink, path, target));
        _paths.Add(new JsonObject { ["_path"] = path, ["path_type"] = "softlink" });
        return this;
    }

    public PackageBuilder HardLink(string path, string target)
    {
        Raw(() => Linked(TarEntryType.HardLink, path, target));
        _paths.Add(new JsonObject { ["_path"] = path, ["path_type"] = "hardlink" });
        return this;
    }

    public PackageBuilder Folder(string path)
    {
        Raw(() => Entry(TarEntryType.Directory, path + "/", null, Executable));
        _paths.Add(new JsonObject { ["_path"] = path, ["path_type"] = "directory" });
        return this;
    }

    public PackageBuilder Raw(Func<TarEntry> entry)
    {
        _files.Add(entry);
        return this;
    }

    public PackageBuilder Info(string path, string content)
    {
        _info.Add(("info/" + path, Encoding.UTF8.GetBytes(content)));
        return this;
    }

    public PackageBuilder NoArchPython(params string[] entryPoints)
    {
        Index["noarch"] = "python";
        Index["subdir"] = "noarch";
        return Info("link.json", new JsonObject
        {
            ["noarch"] = new JsonObject
            {
                ["entry_points"] = new JsonArray([.. entryPoints.Select(static point => (JsonNode)point)]),
                ["type"] = "python",
            },
            ["package_metadata_version"] = 1,
        }.ToJsonString());
    }

    public TarEntry Entry(TarEntryType type, string path, byte[]? content, UnixFileMode mode)
    {
        TarEntry entry = TarFormat == TarEntryFormat.Gnu ? new GnuTarEntry(type, path) : new PaxTarEntry(type, path);
        entry.Mode = mode;
        entry.ModificationTime = ModifiedAt;
        if (content is not null)
        {
            entry.DataStream = new MemoryStream(content);
        }

        return entry;
    }

    public TarEntry Linked(TarEntryType type, string path, string target)
    {
        var entry = Entry(type, path, null, Plain);
        entry.LinkName = target;
        return entry;
    }

    public byte[] Build(CondaFormat format) => format == CondaFormat.Conda ? BuildConda() : BuildTarBzip2();

    /// <summary>Writes the file and returns what is known of it.</summary>
    public (ExpectedPackage Package, string Path) Write(string folder, CondaFormat format = CondaFormat.Conda)
        => Save(folder, new CondaFileName(Stem, format) is var file ? Stem + file.Extension : "", Build(format));

    public static (ExpectedPackage Package, string Path) Save(string folder, string fileName, byte[] bytes)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, fileName);
        System.IO.File.WriteAllBytes(path, bytes);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(bytes);
        return (new ExpectedPackage(fileName)
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Md5 = Convert.ToHexStringLower(md5.GetHashAndReset()),
            Length = bytes.Length,
        }, path);
    }

    public static byte[] Bzip2(byte[] content)
    {
        using var target = new MemoryStream();
        using (var stream = BZip2Stream.Create(target, SharpCompress.Compressors.CompressionMode.Compress, false, leaveOpen: true))
        {
            stream.Write(content);
        }

        return target.ToArray();
    }

    public byte[] Tar(bool withInfo, bool withFiles)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarFormat, leaveOpen: true))
        {
            foreach (var (path, content) in withInfo ? AllInfo() : [])
            {
                tar.WriteEntry(Entry(TarEntryType.RegularFile, path, content, Plain));
            }

            foreach (var file in withFiles ? _files : [])
            {
                tar.WriteEntry(file());
            }
        }

        return bytes.Length > 0 ? bytes.ToArray() : new byte[10240];
    }

    public byte[] Zstd(byte[] content)
    {
        using var target = new MemoryStream();
        using (var stream = new CompressionStream(target, ZstdLevel, leaveOpen: true))
        {
            stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            stream.Write(content);
        }

        return target.ToArray();
    }

    private byte[] BuildTarBzip2() => Bzip2(Tar(withInfo: true, withFiles: true));

    private byte[] BuildConda()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            List<(string Name, byte[] Content)> members =
            [
                ("metadata.json", """{"conda_pkg_format_version": 2}"""u8.ToArray()),
                ($"pkg-{Stem}.tar.zst", Zstd(Tar(withInfo: false, withFiles: true))),
                ($"info-{Stem}.tar.zst", Zstd(Tar(withInfo: true, withFiles: false))),
            ];
            if (IsInfoFirst)
            {
                members.Reverse();
            }

            foreach (var (member, content) in members)
            {
                var entry = zip.CreateEntry(member, ZipLevel);
                entry.LastWriteTime = ModifiedAt;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private IEnumerable<(string Path, byte[] Content)> AllInfo()
    {
        IEnumerable<(string Path, byte[] Content)> made = [("info/index.json", Encoding.UTF8.GetBytes(Index.ToJsonString()))];
        if (HasPathsFile)
        {
            var paths = new JsonObject { ["paths"] = _paths.DeepClone(), ["paths_version"] = 1 };
            made = made.Append(("info/paths.json", Encoding.UTF8.GetBytes(paths.ToJsonString())));
        }

        return made.Where(file => _info.TrueForAll(own => own.Path != file.Path)).Concat(_info);
    }
}
