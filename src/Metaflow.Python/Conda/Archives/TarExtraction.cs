using System.Buffers;
using System.Formats.Tar;
using System.Security.Cryptography;
using Metaflow.Errors;
using Metaflow.Platform;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Python.Conda.Archives;

/// <summary>Unpacks the tars of one package into a folder that nobody else knows yet. Nothing is written outside of it, whatever the tars
/// say.</summary>
/// <remarks>No entry is written through a link: what an entry was is known from the entries before it, without asking the disk.</remarks>
/// <param name="fileName">The package's file, for errors.</param>
/// <param name="target">The folder, which exists and is empty.</param>
/// <param name="foldsCase">Whether the file system takes <c>A</c> and <c>a</c> for one name.</param>
internal sealed class TarExtraction(string fileName, string target, bool foldsCase) : IDisposable
{
    private const int BufferSize = 128 << 10;
    private const UnixFileMode Kept = (UnixFileMode)0b111_101_101;
    private readonly Dictionary<string, ContentEntry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal) { "" };
    private readonly Dictionary<string, string> _folded = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _written = [];
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

    /// <summary>Unpacks a tar.</summary>
    /// <param name="tar">The tar.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="EnvironmentException">MF7061: an entry must not be unpacked.</exception>
    /// <exception cref="InvalidDataException">The tar is cut off or damaged.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Extract(Stream tar, CancellationToken cancellationToken)
    {
        using var reader = new TarReader(tar, leaveOpen: true);
        while (Next(reader) is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(entry, cancellationToken);
        }
    }

    /// <summary>Ends the package: all links are compared with what they lead to, and everything becomes durable.</summary>
    /// <returns>The entries in the order of their paths.</returns>
    /// <exception cref="EnvironmentException">MF7061: a link leads out of the package.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public IReadOnlyList<ContentEntry> Finish()
    {
        var links = _entries.Values.Where(static entry => entry.Kind == EntryKind.Link)
            .ToDictionary(static link => link.Path, static link => link.Target!, Comparer);
        var targets = new LinkTargets(links);
        foreach (var (path, linked) in links)
        {
            if (targets.Follow(path, linked) is null)
            {
                throw ArchiveErrors.Unsafe(fileName, path, $"is a link to '{linked}', which leads out of the package");
            }
        }

        WrittenFiles.Flush(_written);
        foreach (var folder in _folders)
        {
            DurableFile.FlushFolder(PlaceOf(folder));
        }

        return [.. _entries.Values.OrderBy(static entry => entry.Path, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private StringComparer Comparer => foldsCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private static TarEntry? Next(TarReader reader)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (Exception error) when (FaultStream.IsOfContent(error))
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    private void Add(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
        {
            return;
        }

        if (EntryPath.TryNormalize(entry.Name, out var path) is { } why)
        {
            throw ArchiveErrors.Unsafe(fileName, entry.Name, why);
        }

        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                AddFolder(path);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile when !IsSparse(entry):
                AddFile(entry, Named(entry, path), cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                AddLink(Named(entry, path), entry.LinkName);
                break;
            case TarEntryType.HardLink:
                AddHardLink(Named(entry, path), entry.LinkName);
                break;
            case TarEntryType.BlockDevice or TarEntryType.CharacterDevice or TarEntryType.Fifo:
                throw ArchiveErrors.Unsafe(fileName, path, "is a device or a pipe");
            default:
                throw ArchiveErrors.Unreadable(
                    fileName, $"Its entry '{path}' is of the kind '{entry.EntryType}', such as a file with holes, which is not supported.");
        }
    }

    private static bool IsSparse(TarEntry entry) => entry is PaxTarEntry pax
        && pax.ExtendedAttributes.Keys.Any(static name => name.StartsWith("GNU.sparse.", StringComparison.Ordinal));

    private string Named(TarEntry entry, string path)
        => path.Length > 0 ? path : throw ArchiveErrors.Unsafe(fileName, entry.Name, "has no name");

    private void AddFolder(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        EnsureFolder(path);
        _entries.TryAdd(path, new ContentEntry(path, EntryKind.Folder));
    }

    private void AddFile(TarEntry entry, string path, CancellationToken cancellationToken)
    {
        var mode = entry.Mode & Kept | UnixFileMode.UserRead;
        var seconds = entry.ModificationTime.ToUnixTimeSeconds();
        var found = new ContentEntry(path, EntryKind.File) { Mode = mode, ModifiedAt = seconds };
        if (_entries.TryGetValue(path, out var former))
        {
            RequireSame(former, found with { Sha256 = Copy(entry.DataStream, null, cancellationToken).Sha256 });
            return;
        }

        Claim(path);
        using var file = File.OpenHandle(PlaceOf(path), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        var (sha256, length) = Copy(entry.DataStream, file, cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }

        // Compiled Python files name the time of their source: another one would make them useless.
        File.SetLastWriteTimeUtc(file, TimeOf(seconds));
        WrittenFiles.Start(file);
        _written.Add(PlaceOf(path));
        _entries.Add(path, found with { Sha256 = sha256, Length = length });
    }

    private void AddLink(string path, string linked)
    {
        var found = new ContentEntry(path, EntryKind.Link) { Target = linked };
        if (linked.Length == 0)
        {
            throw ArchiveErrors.Unsafe(fileName, path, "is a link to nothing");
        }

        if (_entries.TryGetValue(path, out var former))
        {
            RequireSame(former, found);
            return;
        }

        Claim(path);
        File.CreateSymbolicLink(PlaceOf(path), linked);
        _entries.Add(path, found);
    }

    private void AddHardLink(string path, string linked)
    {
        if (EntryPath.TryNormalize(linked, out var first) is { } why)
        {
            throw ArchiveErrors.Unsafe(fileName, path, $"is another name of '{linked}', which {why}");
        }

        if (!_entries.TryGetValue(first, out var file) || file.Kind != EntryKind.File)
        {
            throw ArchiveErrors.Unsafe(fileName, path, $"is another name of '{linked}', which is no file before it in the package");
        }

        var found = file with { Path = path, Target = file.Target ?? file.Path };
        if (_entries.TryGetValue(path, out var former))
        {
            RequireSame(former, found);
            return;
        }

        Claim(path);
        if (OperatingSystem.IsWindows() || NativeMethods.Link(PlaceOf(file.Path), PlaceOf(path)) != 0)
        {
            // A file system without hard links.
            File.Copy(PlaceOf(file.Path), PlaceOf(path));
            _written.Add(PlaceOf(path));
        }

        _entries.Add(path, found);
    }

    // Some tools write an entry twice; two different ones of a name cannot both be right.
    private void RequireSame(ContentEntry former, ContentEntry found)
    {
        var isSame = former.Kind == found.Kind && former.Sha256 == found.Sha256
            && (former.Kind != EntryKind.Link || former.Target == found.Target);
        if (!isSame)
        {
            throw ArchiveErrors.Unsafe(fileName, found.Path, "is there twice, with different content");
        }
    }

    private void Claim(string path)
    {
        if (_folders.Contains(path))
        {
            throw ArchiveErrors.Unsafe(fileName, path, "is a folder too");
        }

        EnsureFolder(EntryPath.FolderOf(path));
        RequireOneSpelling(path);
    }

    private void EnsureFolder(string path)
    {
        if (_folders.Contains(path))
        {
            return;
        }

        if (_entries.TryGetValue(path, out var entry))
        {
            throw ArchiveErrors.Unsafe(
                fileName, path, entry.Kind == EntryKind.Link ? "is a link, and other entries lie behind it" : "is a file and a folder");
        }

        EnsureFolder(EntryPath.FolderOf(path));
        RequireOneSpelling(path);
        Directory.CreateDirectory(PlaceOf(path));
        _folders.Add(path);
    }

    private void RequireOneSpelling(string path)
    {
        if (foldsCase && !_folded.TryAdd(path, path) && _folded[path] != path)
        {
            throw ArchiveErrors.Unsafe(
                fileName, path, $"differs from '{_folded[path]}' only in capital letters, which the file system here takes for one name");
        }
    }

    private string PlaceOf(string path) => path.Length == 0 ? target : Path.Combine(target, path);

    private (string Sha256, long Length) Copy(Stream? content, SafeFileHandle? file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        if (content is not null)
        {
            using var guarded = new FaultStream(content);
            for (int read; (read = guarded.Read(_buffer)) > 0; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(_buffer.AsSpan(0, read));
                if (file is not null)
                {
                    RandomAccess.Write(file, _buffer.AsSpan(0, read), length);
                }
            }
        }

        return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
    }

    // Tars can hold any number; the clock of a disk cannot.
    private static DateTime TimeOf(long seconds)
        => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, uint.MaxValue)).UtcDateTime;
}
