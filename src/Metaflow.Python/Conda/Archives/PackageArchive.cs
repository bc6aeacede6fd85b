using System.IO.Compression;
using System.Text.Json;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Metaflow.Python.Conda.Archives;

/// <summary>Reads the file of a package as the tars that it consists of.</summary>
internal static class PackageArchive
{
    /// <summary>The member of a <c>.conda</c> that says its format.</summary>
    public const string FormatMember = "metadata.json";

    /// <summary>The member of <see cref="FormatMember"/> that has the number of the format.</summary>
    public const string FormatName = "conda_pkg_format_version";

    /// <summary>The number of the only format of <c>.conda</c> that there is.</summary>
    public const int FormatNumber = 2;

    /// <summary>How the member with what the package says about itself begins.</summary>
    public const string InfoPart = "info-";

    /// <summary>How the member with the package's files begins.</summary>
    public const string FilesPart = "pkg-";

    /// <summary>How the members that are tars end.</summary>
    public const string TarExtension = ".tar.zst";

    private const int MaxFormatLength = 1 << 16;
    private const int BufferSize = 128 << 10;

    /// <summary>Reads all tars of a package, the one with what the package says about itself first.</summary>
    /// <param name="file">The package's file, from its beginning. A <c>.conda</c> must be able to seek.</param>
    /// <param name="format">The format.</param>
    /// <param name="read">Reads a tar. What it leaves is read after it, since checksums stand at the end.</param>
    /// <exception cref="InvalidDataException">The file is cut off, damaged, or of a later format.</exception>
    public static void Read(Stream file, CondaFormat format, Action<Stream> read)
    {
        if (format == CondaFormat.TarBzip2)
        {
            ReadBzip2(file, read);
            return;
        }

        using var zip = Open(file);
        RequireFormat(zip);

        // Both are looked for before anything is unpacked.
        var (info, files) = (Find(zip, InfoPart), Find(zip, FilesPart));
        ReadZstd(info, read);
        ReadZstd(files, read);
    }

    /// <summary>Reads what is left, so that everything before the end of the file was compared with its checksums.</summary>
    /// <param name="stream">The stream.</param>
    internal static void Drain(Stream stream)
    {
        var rest = new byte[4 << 10];
        while (stream.Read(rest) > 0)
        {
        }
    }

    private static void ReadBzip2(Stream file, Action<Stream> read)
    {
        // The decoder asks for one byte at a time.
        var buffered = new BufferedStream(file, BufferSize);
        using var tar = Guarded(() => BZip2Stream.Create(
            buffered, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true));
        using var content = new FaultStream(tar);
        read(content);
        Drain(content);
    }

    private static void ReadZstd(ZipArchiveEntry entry, Action<Stream> read)
    {
        using var member = Guarded(() => new ZipMemberStream(entry));
        using var tar = new DecompressionStream(member, checkEndOfStream: true, leaveOpen: true);
        using var content = new FaultStream(tar);
        read(content);
        Drain(content);
        using var rest = new FaultStream(member);
        Drain(rest);
    }

    private static ZipArchive Open(Stream file)
        => Guarded(() => new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true) is var zip && zip.Entries.Count > 0
            ? zip : throw new InvalidDataException("The zip is empty."));

    private static ZipArchiveEntry Find(ZipArchive zip, string part)
    {
        var found = zip.Entries.Where(entry => entry.FullName.StartsWith(part, StringComparison.Ordinal)
            && entry.FullName.EndsWith(TarExtension, StringComparison.Ordinal)).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw new InvalidDataException($"It has no member '{part}…{TarExtension}'."),
            _ => throw new InvalidDataException($"It has {found.Count} members '{part}…{TarExtension}'."),
        };
    }

    // Packages without the member exist, made by hand; what they hold says enough.
    private static void RequireFormat(ZipArchive zip)
    {
        if (zip.GetEntry(FormatMember) is not { } member)
        {
            return;
        }

        if (member.Length > MaxFormatLength)
        {
            throw new InvalidDataException($"Its '{FormatMember}' has {member.Length} bytes.");
        }

        Guarded(() =>
        {
            using var content = new ZipMemberStream(member);
            using var text = new MemoryStream();
            content.CopyTo(text);
            using var document = JsonDocument.Parse(text.ToArray());
            var number = document.RootElement.GetProperty(FormatName).GetInt32();
            return number == FormatNumber
                ? number : throw new InvalidDataException($"It is of format {number}; this version reads format {FormatNumber}.");
        });
    }

    private static T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (FaultStream.IsOfContent(error))
        {
            throw new InvalidDataException(error.Message, error);
        }
    }
}
