using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Metaflow.Python.Conda.Archives;

/// <summary>Writes an unpacked package as a file. The same content gives the same bytes.</summary>
/// <param name="folder">The folder with the unpacked files.</param>
/// <param name="entries">What was unpacked.</param>
/// <param name="options">How to write it.</param>
internal sealed class PackageWriter(string folder, IReadOnlyList<ContentEntry> entries, TransmutationOptions options)
{
    private const string InfoFolder = "info/";
    private const int EmptyTarLength = 1024;

    // The first day that a zip can name.
    private static readonly DateTimeOffset ZipTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the package.</summary>
    /// <param name="target">Where the bytes go. It must be able to seek.</param>
    /// <param name="name">The name of the file, whose stem stands in the names of members.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public void Write(Stream target, CondaFileName name, CancellationToken cancellationToken)
    {
        var info = entries.Where(static entry => IsInfo(entry.Path));
        var files = entries.Where(static entry => !IsInfo(entry.Path));
        if (name.Format == CondaFormat.TarBzip2)
        {
            using var content = BZip2Stream.Create(
                target, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true);
            using var buffered = new BufferedStream(content, 64 << 10);

            // First what others read alone, so that they need not read the rest.
            WriteTar(buffered, info.Concat(files), cancellationToken);
            buffered.Flush();
            return;
        }

        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        using (var member = Create(zip, PackageArchive.FormatMember))
        {
            member.Write(Encoding.ASCII.GetBytes($$"""{"{{PackageArchive.FormatName}}": {{PackageArchive.FormatNumber}}}"""));
        }

        // The small part last: who has only the end of the file has it too.
        WriteZstd(zip, $"{PackageArchive.FilesPart}{name.Stem}{PackageArchive.TarExtension}", files, cancellationToken);
        WriteZstd(zip, $"{PackageArchive.InfoPart}{name.Stem}{PackageArchive.TarExtension}", info, cancellationToken);
    }

    private static bool IsInfo(string path) => path.StartsWith(InfoFolder, StringComparison.Ordinal) || path == "info";

    private static Stream Create(ZipArchive zip, string name)
    {
        var member = zip.CreateEntry(name, CompressionLevel.NoCompression);
        member.LastWriteTime = ZipTime;
        return member.Open();
    }

    private void WriteZstd(ZipArchive zip, string name, IEnumerable<ContentEntry> part, CancellationToken cancellationToken)
    {
        using var member = Create(zip, name);
        using var content = new CompressionStream(member, options.Level, leaveOpen: true);
        content.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        WriteTar(content, part, cancellationToken);
    }

    private void WriteTar(Stream target, IEnumerable<ContentEntry> part, CancellationToken cancellationToken)
    {
        var listed = part.ToList();
        if (listed.Count == 0)
        {
            // The writer of .NET writes nothing at all, which no reader takes for a tar.
            target.Write(new byte[EmptyTarLength]);
            return;
        }

        using var tar = new TarWriter(target, TarEntryFormat.Gnu, leaveOpen: true);

        // Of the names of one file, the first in the order of paths has the bytes.
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < listed.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = listed[i];
            switch (entry.Kind)
            {
                case EntryKind.Folder when IsEmpty(listed, i):
                    tar.WriteEntry(Entry(TarEntryType.Directory, entry.Path + "/", entry, (UnixFileMode)0b111_101_101));
                    break;
                case EntryKind.Folder:
                    break;
                case EntryKind.Link:
                    var link = Entry(TarEntryType.SymbolicLink, entry.Path, entry, (UnixFileMode)0b111_111_111);
                    link.LinkName = entry.Target!;
                    tar.WriteEntry(link);
                    break;
                case EntryKind.File when !first.TryAdd(entry.Target ?? entry.Path, entry.Path):
                    var other = Entry(TarEntryType.HardLink, entry.Path, entry, entry.Mode);
                    other.LinkName = first[entry.Target ?? entry.Path];
                    tar.WriteEntry(other);
                    break;
                default:
                    WriteFile(tar, entry);
                    break;
            }
        }
    }

    private void WriteFile(TarWriter tar, ContentEntry entry)
    {
        using var content = new FileStream(
            Path.Combine(folder, entry.Path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var file = Entry(TarEntryType.RegularFile, entry.Path, entry, entry.Mode);
        file.DataStream = content;
        tar.WriteEntry(file);
    }

    // No owner and no other time than that of the content: the same bytes on every machine.
    private GnuTarEntry Entry(TarEntryType type, string path, ContentEntry entry, UnixFileMode mode) => new(type, path)
    {
        ModificationTime = options.ModifiedAt ?? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(entry.ModifiedAt, 0, uint.MaxValue)),
        Mode = mode,
    };

    // What is in a folder follows it, though 'a-b' may stand between 'a' and 'a/b'.
    private static bool IsEmpty(List<ContentEntry> listed, int index)
    {
        var folder = listed[index].Path;
        for (var i = index + 1; i < listed.Count && listed[i].Path.StartsWith(folder, StringComparison.Ordinal); i++)
        {
            if (listed[i].Path[folder.Length] == '/')
            {
                return false;
            }
        }

        return true;
    }
}
