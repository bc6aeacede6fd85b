using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Metaflow.Environments.Packages;

/// <summary>Computes the hash by which NuGet knows the content of a package: the SHA-512 of its file as it was before a feed signed
/// it.</summary>
/// <remarks>A signature is one more entry of the ZIP file, <c>.signature.p7s</c>. So the hash skips the entry's data and its line in the
/// directory, and has the offsets and sizes of the others as they were. The form is that of the ZIP specification (APPNOTE 4.3), sections
/// 4.3.7, 4.3.12 and 4.3.16.</remarks>
internal static class ContentHash
{
    private const int EndLength = 22;
    private const int DirectoryEntryLength = 46;
    private const uint EndMark = 0x06054b50;
    private const uint DirectoryMark = 0x02014b50;
    private const int CopyBuffer = 256 << 10;

    /// <summary>Computes the hash of a package.</summary>
    /// <param name="path">The package's file.</param>
    /// <returns>The hash in Base64.</returns>
    /// <exception cref="InvalidDataException">The file is no ZIP file.</exception>
    public static string Of(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var (directory, end) = ReadDirectory(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        if (Find(directory, end) is { } signature)
        {
            AppendWithout(file, directory, end, signature, hash);
        }
        else
        {
            Append(file, 0, file.Length, hash);
        }

        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    private static (byte[] Directory, byte[] End) ReadDirectory(FileStream file)
    {
        // A comment follows the end: nearly always there is none.
        var tail = new byte[Math.Min(file.Length, EndLength + ushort.MaxValue)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        for (var i = tail.Length - EndLength; i >= 0; i--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i)) != EndMark)
            {
                continue;
            }

            var size = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i + 12));
            var offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i + 16));
            if (offset + (long)size > file.Length)
            {
                break;
            }

            var directory = new byte[size];
            file.Position = offset;
            file.ReadExactly(directory);
            return (directory, tail[i..]);
        }

        throw new InvalidDataException($"'{file.Name}' is no ZIP file.");
    }

    private static Range? Find(byte[] directory, byte[] end)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10));
        for (int i = 0, start = 0; i < count && start + DirectoryEntryLength <= directory.Length; i++)
        {
            var entry = directory.AsSpan(start);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != DirectoryMark)
            {
                return null;
            }

            var name = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
            var length = DirectoryEntryLength + name + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
            if (entry.Slice(DirectoryEntryLength, name).SequenceEqual(".signature.p7s"u8))
            {
                return start..(start + length);
            }

            start += length;
        }

        return null;
    }

    private static void AppendWithout(FileStream file, byte[] directory, byte[] end, Range signature, IncrementalHash hash)
    {
        var (start, length) = signature.GetOffsetAndLength(directory.Length);
        var from = OffsetOf(directory.AsSpan(start));
        var next = NextOffset(directory, from, BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        Append(file, 0, from, hash);
        Append(file, next, BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)), hash);
        foreach (var entry in Entries(directory))
        {
            if (entry.Start != start)
            {
                var bytes = directory[entry.Start..(entry.Start + entry.Length)];
                var offset = OffsetOf(bytes);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(42), offset > from ? offset - (next - from) : offset);
                hash.AppendData(bytes);
            }
        }

        Change16(end, 8, -1);
        Change16(end, 10, -1);
        Change32(end, 12, -length);
        Change32(end, 16, -(long)(next - from));
        hash.AppendData(end);
    }

    private static IEnumerable<(int Start, int Length)> Entries(byte[] directory)
    {
        for (var start = 0; start + DirectoryEntryLength <= directory.Length;)
        {
            var length = DirectoryEntryLength + BinaryPrimitives.ReadUInt16LittleEndian(directory.AsSpan(start + 28))
                + BinaryPrimitives.ReadUInt16LittleEndian(directory.AsSpan(start + 30))
                + BinaryPrimitives.ReadUInt16LittleEndian(directory.AsSpan(start + 32));
            yield return (start, length);
            start += length;
        }
    }

    private static uint NextOffset(byte[] directory, uint from, uint directoryOffset)
        => Entries(directory).Select(entry => OffsetOf(directory.AsSpan(entry.Start))).Where(offset => offset > from)
            .Append(directoryOffset).Min();

    private static uint OffsetOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);

    private static void Change16(byte[] bytes, int at, int by)
        => BinaryPrimitives.WriteUInt16LittleEndian(
            bytes.AsSpan(at), (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)) + by));

    private static void Change32(byte[] bytes, int at, long by)
        => BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(at), (uint)(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) + by));

    private static void Append(FileStream file, long from, long to, IncrementalHash hash)
    {
        file.Position = from;
        var buffer = new byte[CopyBuffer];
        while (from < to)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, to - from));
            if (read == 0)
            {
                throw new InvalidDataException($"'{file.Name}' ends before its directory says.");
            }

            hash.AppendData(buffer, 0, read);
            from += read;
        }
    }
}
