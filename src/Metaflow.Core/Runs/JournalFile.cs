using System.Buffers;
using System.Globalization;
using System.Numerics;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>A file of records that only grows. Each line is the checksum of a record, a blank, and the record, which is JSON.</summary>
/// <remarks>A record that was being written when the process died is recognised by its checksum, and dropped: it is the last line. Not
/// for several threads; one process writes at a time, which its owner's lock sees to.</remarks>
internal sealed class JournalFile : IDisposable
{
    private const int PrefixLength = 9;
    private const int SmallestEnd = 4096;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ArrayBufferWriter<byte> _line = new(512);

    // Where a record begins that could not be written; it may be there in part.
    private long? _failedAt;

    private JournalFile(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <summary>Returns a line of the file.</summary>
    /// <param name="record">The record; has no line feed.</param>
    /// <returns>The line, its end included.</returns>
    public static byte[] Line(ReadOnlySpan<byte> record)
    {
        var line = new byte[PrefixLength + record.Length + 1];
        Format(record, line);
        return line;
    }

    /// <summary>Opens the file to continue writing; a torn last record is cut off.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="MetadataException">A record is damaged (MF5020).</exception>
    /// <exception cref="StorageException">The file cannot be opened (MF4001, MF4003, MF4004, MF4006).</exception>
    public static JournalFile Open(string path)
    {
        try
        {
            RegularFile.Require(path);
            var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            try
            {
                var whole = Parse(ReadAll(stream), path).WholeLength;
                if (whole < stream.Length)
                {
                    stream.SetLength(whole);
                }

                stream.Seek(0, SeekOrigin.End);
                return new JournalFile(path, stream);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, path);
        }
    }

    /// <summary>Reads the records.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The records in order, without a torn last one; <see langword="null"/> when there is no such file.</returns>
    /// <exception cref="MetadataException">A record is damaged (MF5020).</exception>
    /// <exception cref="StorageException">The file cannot be read (MF4004, MF4007).</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Read(string path)
    {
        try
        {
            using var stream = RegularFile.Open(path);
            return Parse(ReadAll(stream), path).Records;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    /// <summary>Reads the last record, from the end of the file: what lies before it is not looked at.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The last record that is whole; <see langword="null"/> when there is no such file, or no record in it.</returns>
    /// <exception cref="MetadataException">The end is damaged (MF5020).</exception>
    /// <exception cref="StorageException">The file cannot be read (MF4004, MF4007).</exception>
    public static ReadOnlyMemory<byte>? ReadLast(string path)
    {
        try
        {
            using var stream = RegularFile.Open(path);
            for (long length = SmallestEnd; ; length *= 8)
            {
                var content = ReadEnd(stream, length, out var isWholeFile);
                if (isWholeFile)
                {
                    return Parse(content, path).Records is { Count: > 0 } records ? records[^1] : default(ReadOnlyMemory<byte>?);
                }

                if (LastIn(content) is { } record)
                {
                    return record;
                }
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    /// <summary>Appends a record: readers see it when the call returns.</summary>
    /// <param name="record">The record; has no line feed.</param>
    /// <param name="isDurable">Whether it must survive a power cut, and not only the death of this process.</param>
    /// <exception cref="StorageException">The write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    public void Append(ReadOnlySpan<byte> record, bool isDurable)
    {
        try
        {
            CutOffFailed();
            _failedAt = _stream.Position;
            var length = PrefixLength + record.Length + 1;
            _line.ResetWrittenCount();
            Format(record, _line.GetSpan(length)[..length]);
            _line.Advance(length);

            // One write for a whole line, so that what a killed process leaves is a prefix of it.
            _stream.Write(_line.WrittenSpan);
            if (isDurable)
            {
                DurableFile.FlushData(_stream.SafeFileHandle);
            }

            _failedAt = null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, _path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            CutOffFailed();
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // The writer knows from the write that its record is not there, and readers drop what is left of it.
        }
        finally
        {
            _stream.Dispose();
        }
    }

    /// <summary>Removes what a failed write left of a record: a line behind it would be damage, and so would it be in the journal of a run
    /// that ended.</summary>
    private void CutOffFailed()
    {
        if (_failedAt is { } failed)
        {
            _stream.SetLength(failed);
            _stream.Position = failed;
            _failedAt = null;
        }
    }

    private static void Format(ReadOnlySpan<byte> record, Span<byte> line)
    {
        _ = Checksum(record).TryFormat(line, out _, "x8", CultureInfo.InvariantCulture);
        line[PrefixLength - 1] = (byte)' ';
        record.CopyTo(line[PrefixLength..]);
        line[^1] = (byte)'\n';
    }

    private static byte[] ReadAll(FileStream stream)
    {
        var bytes = new byte[stream.Length];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static byte[] ReadEnd(FileStream stream, long length, out bool isWholeFile)
    {
        var start = Math.Max(0, stream.Length - length);
        isWholeFile = start == 0;
        stream.Seek(start, SeekOrigin.Begin);
        var content = new byte[stream.Length - start];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    /// <summary>Returns the last record of the end of a file, or the one before a last line that was cut short.</summary>
    /// <returns><see langword="null"/> when more of the file has to be seen: it is in doubt what the end is.</returns>
    private static ReadOnlyMemory<byte>? LastIn(byte[] content)
    {
        var end = content.Length;
        if (end > 0 && content[^1] == '\n' && LineBefore(content, end - 1) is { } last && IsWhole(content.AsSpan(last..(end - 1))))
        {
            return content.AsMemory((last + PrefixLength)..(end - 1));
        }

        // The last line is torn, with or without its line feed, unless it is two whose line feed is damaged.
        var tornEnd = end > 0 && content[^1] == '\n' ? end - 1 : end;
        return LineBefore(content, tornEnd) is { } torn && !EndsWithWhole(content.AsSpan(torn..tornEnd))
            && LineBefore(content, torn - 1) is { } before && IsWhole(content.AsSpan(before..(torn - 1)))
                ? content.AsMemory((before + PrefixLength)..(torn - 1))
                : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>Returns where the line that ends at a place begins; <see langword="null"/> when that is not among the bytes.</summary>
    private static int? LineBefore(byte[] content, int end)
        => Array.LastIndexOf(content, (byte)'\n', end - 1, end) is >= 0 and var feed ? feed + 1 : null;

    /// <summary>Reads the records among bytes.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="path">Where they are from, for errors.</param>
    /// <param name="mayBeTorn">Whether the last record may have been cut short: it is dropped then.</param>
    /// <returns>The records.</returns>
    /// <exception cref="MetadataException">A record is damaged (MF5020).</exception>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> Parse(byte[] content, string path, bool mayBeTorn)
    {
        var (records, wholeLength) = Parse(content, path);
        return mayBeTorn || wholeLength == content.Length ? records : throw Damaged(path, records.Count + 1);
    }

    private static (List<ReadOnlyMemory<byte>> Records, long WholeLength) Parse(byte[] content, string path)
    {
        var records = new List<ReadOnlyMemory<byte>>();
        var wholeLength = 0;
        int? damaged = null;
        for (var start = 0; start < content.Length;)
        {
            var end = Array.IndexOf(content, (byte)'\n', start);
            var next = end < 0 ? content.Length : end + 1;
            var line = content.AsMemory(start, (end < 0 ? content.Length : end) - start);
            if (end < 0 || !IsWhole(line.Span))
            {
                damaged ??= records.Count;
                if (EndsWithWhole(line.Span))
                {
                    // Two records whose line feed is damaged.
                    throw Damaged(path, records.Count + 1);
                }
            }
            else if (damaged is { } number)
            {
                // A line is written only when the one before it is: this is not a torn end.
                throw Damaged(path, number + 1);
            }
            else
            {
                records.Add(line[PrefixLength..]);
                wholeLength = next;
            }

            start = next;
        }

        return (records, wholeLength);
    }

    private static bool IsWhole(ReadOnlySpan<byte> line)
        => line.Length > PrefixLength && line[PrefixLength - 1] == ' '
            && uint.TryParse(line[..(PrefixLength - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var checksum)
            && checksum == Checksum(line[PrefixLength..]);

    private static bool EndsWithWhole(ReadOnlySpan<byte> line)
    {
        for (var start = 1; start < line.Length - PrefixLength; start++)
        {
            if (line[start + PrefixLength - 1] == ' ' && IsWhole(line[start..]))
            {
                return true;
            }
        }

        return false;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return ~checksum;
    }

    /// <summary>Returns the error of a journal that is damaged.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="line">The line, from 1.</param>
    /// <returns>The error.</returns>
    internal static MetadataException Damaged(string path, int line) => new(
        ErrorCodes.JournalDamaged,
        string.Create(CultureInfo.InvariantCulture, $"The journal '{path}' is damaged."),
        string.Create(
            CultureInfo.InvariantCulture,
            $"Line {line} does not match its checksum, and more lines follow: this is not an interrupted write."),
        "Restore the file from a copy of the datastore. If there is no copy, the run cannot be continued, but 'resume' can start a "
            + "new run from what it finished.");
}
