using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Python.Conda.Channels;

/// <summary>Where the records of each name stand in a list: a file beside the list, so that the list is read once.</summary>
/// <remarks>The file has the names and their numbers of records, which are kept in memory, and behind them the positions, which are read
/// for one name at a time.</remarks>
internal sealed class RepodataIndex : IDisposable
{
    private const int PositionSize = 12;

    private readonly Dictionary<string, (int First, int Count)> _names;
    private readonly HashSet<ulong> _removed;
    private readonly long _positionsStart;
    private readonly SafeFileHandle _file;

    private RepodataIndex(
        Dictionary<string, (int First, int Count)> names, HashSet<ulong> removed, long positionsStart, SafeFileHandle file)
    {
        _names = names;
        _removed = removed;
        _positionsStart = positionsStart;
        _file = file;
    }

    /// <summary>Gets the address that names of files are put behind; empty if the list names none.</summary>
    public string BaseUrl { get; private init; } = "";

    /// <summary>Gets the platform that the list says it is for; empty if it says none.</summary>
    public string Subdir { get; private init; } = "";

    /// <summary>Gets the names of all packages.</summary>
    public IReadOnlyCollection<string> Names => _names.Keys;

    private static ReadOnlySpan<byte> Magic => "MFREPO02"u8;

    /// <summary>Writes the index of a list.</summary>
    /// <param name="scan">What is in the list.</param>
    /// <param name="listLength">How many bytes the list has.</param>
    /// <param name="path">The file.</param>
    public static void Write(RepodataScan scan, long listLength, string path)
    {
        using var head = new MemoryStream();
        using var writer = new BinaryWriter(head, Encoding.UTF8);
        writer.Write(listLength);
        writer.Write(scan.BaseUrl ?? "");
        writer.Write(scan.Subdir ?? "");
        writer.Write(scan.Removed.Count);
        foreach (var removed in scan.Removed)
        {
            writer.Write(removed);
        }

        writer.Write(scan.Names.Count);
        foreach (var (name, positions) in scan.Names)
        {
            writer.Write(name);
            writer.Write(positions.Count);
        }

        writer.Flush();
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        var bytes = head.GetBuffer().AsSpan(0, (int)head.Length);
        Span<byte> prefix = stackalloc byte[24];
        Magic.CopyTo(prefix);
        BinaryPrimitives.WriteInt64LittleEndian(prefix[8..], bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(prefix[16..], Fingerprint.Of(bytes));
        file.Write(prefix);
        file.Write(bytes);
        Span<byte> entry = stackalloc byte[PositionSize];
        foreach (var position in scan.Names.Values.SelectMany(static positions => positions))
        {
            BinaryPrimitives.WriteInt64LittleEndian(entry, position.Start);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], position.Length);
            file.Write(entry);
        }
    }

    /// <summary>Opens an index.</summary>
    /// <param name="path">The file.</param>
    /// <param name="listLength">How many bytes the list has.</param>
    /// <returns>The index; <see langword="null"/> if it is not that of the list, or is damaged.</returns>
    public static RepodataIndex? Open(string path, long listLength)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var index = Read(file, listLength);
            file = index is null ? file : null;
            return index;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Says whether a list has records of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it has.</returns>
    public bool Contains(string name) => _names.ContainsKey(name);

    /// <summary>Says whether a file was removed from the channel.</summary>
    /// <param name="fileName">The file's name.</param>
    /// <returns>Whether it was.</returns>
    public bool IsRemoved(string fileName) => _removed.Count > 0 && _removed.Contains(Fingerprint.Of(fileName));

    /// <summary>Returns where the records of a name stand, in the order of the list.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The positions.</returns>
    public RepodataPosition[] PositionsOf(string name)
    {
        if (!_names.TryGetValue(name, out var range))
        {
            return [];
        }

        var bytes = new byte[range.Count * PositionSize];
        if (RandomAccess.Read(_file, bytes, _positionsStart + ((long)range.First * PositionSize)) != bytes.Length)
        {
            throw new InvalidDataException("The index of the list ends too early.");
        }

        var positions = new RepodataPosition[range.Count];
        for (var index = 0; index < positions.Length; index++)
        {
            var entry = bytes.AsSpan(index * PositionSize);
            positions[index] = new(BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]));
        }

        Array.Sort(positions, static (one, two) => one.Start.CompareTo(two.Start));
        return positions;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static RepodataIndex? Read(SafeFileHandle file, long listLength)
    {
        var prefix = new byte[24];
        if (RandomAccess.Read(file, prefix, 0) != prefix.Length || !prefix.AsSpan(0, 8).SequenceEqual(Magic))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix.AsSpan(8));
        if (length < 0 || length > RandomAccess.GetLength(file) - prefix.Length)
        {
            return null;
        }

        var head = new byte[length];
        if (RandomAccess.Read(file, head, prefix.Length) != head.Length
            || Fingerprint.Of(head) != BinaryPrimitives.ReadUInt64LittleEndian(prefix.AsSpan(16)))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(head), Encoding.UTF8);
        if (reader.ReadInt64() != listLength)
        {
            return null;
        }

        var baseUrl = reader.ReadString();
        var subdir = reader.ReadString();
        var removed = new HashSet<ulong>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            removed.Add(reader.ReadUInt64());
        }

        var count = reader.ReadInt32();
        var names = new Dictionary<string, (int First, int Count)>(count, StringComparer.Ordinal);
        var first = 0;
        for (var index = 0; index < count; index++)
        {
            var name = reader.ReadString();
            var records = reader.ReadInt32();
            names[name] = (first, records);
            first += records;
        }

        // A process may have died while it wrote the positions.
        var positionsStart = prefix.Length + length;
        return RandomAccess.GetLength(file) != positionsStart + ((long)first * PositionSize)
            ? null
            : new RepodataIndex(names, removed, positionsStart, file) { BaseUrl = baseUrl, Subdir = subdir };
    }
}
