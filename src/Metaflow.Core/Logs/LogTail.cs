using System.Buffers;

namespace Metaflow.Logs;

/// <summary>The last lines of a log that grew beyond its size: whole stored lines, in memory, the oldest dropped first.</summary>
/// <param name="capacity">The most bytes to keep.</param>
internal sealed class LogTail(long capacity)
{
    // A line that does not end is kept in pieces, so that its last part can be kept without its first.
    private const int LongestPiece = 16 << 10;

    private readonly Queue<byte[]> _lines = new();
    private readonly ArrayBufferWriter<byte> _open = new();
    private long _size;
    private bool _isInLine;

    /// <summary>Gets a value indicating whether bytes were dropped.</summary>
    public bool HasDropped { get; private set; }

    /// <summary>Adds a part of a line.</summary>
    /// <param name="text">The bytes, without the line's end.</param>
    /// <param name="header">The header of the line, if it begins with this part; else empty.</param>
    /// <param name="next">Makes the header of a piece that is stored as a line of its own.</param>
    public void Append(ReadOnlySpan<byte> text, byte[] header, Func<byte[]> next)
    {
        _isInLine = true;
        while (!text.IsEmpty || _open.WrittenCount == 0)
        {
            if (_open.WrittenCount == 0)
            {
                _open.Write(header.Length > 0 ? header : next());
                header = [];
            }

            var room = LongestPiece - _open.WrittenCount;
            var piece = text.Length <= room ? text : text[..CutBefore(text, room)];
            _open.Write(piece);
            text = text[piece.Length..];
            if (!text.IsEmpty)
            {
                Close();
            }
        }
    }

    /// <summary>Ends a line.</summary>
    public void EndLine()
    {
        if (_isInLine && _open.WrittenCount > 0)
        {
            Close();
        }

        _isInLine = false;
    }

    /// <summary>Writes the lines kept.</summary>
    /// <param name="target">Receives them.</param>
    public void WriteTo(Stream target)
    {
        EndLine();
        foreach (var line in _lines)
        {
            target.Write(line);
        }
    }

    // Never between the bytes of one UTF-8 character.
    private static int CutBefore(ReadOnlySpan<byte> text, int length)
    {
        var cut = length;
        while (cut > Math.Max(1, length - 3) && (text[cut] & 0xc0) == 0x80)
        {
            cut--;
        }

        return cut;
    }

    private void Close()
    {
        _open.Write("\n"u8);
        _lines.Enqueue(_open.WrittenSpan.ToArray());
        _size += _open.WrittenCount;
        _open.ResetWrittenCount();
        while (_size > capacity && _lines.Count > 1)
        {
            _size -= _lines.Dequeue().Length;
            HasDropped = true;
        }
    }
}
