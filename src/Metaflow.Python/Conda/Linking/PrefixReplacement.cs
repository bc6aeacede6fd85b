using System.Text;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Writes the path of an environment into files that hold the one in which their package was built. Files are streamed: none is
/// held in memory.</summary>
/// <param name="placeholder">The path in which the package was built.</param>
/// <param name="prefix">The environment's path.</param>
internal sealed class PrefixReplacement(string placeholder, string prefix)
{
    private readonly byte[] _former = Encoding.UTF8.GetBytes(placeholder);
    private readonly byte[] _present = Encoding.UTF8.GetBytes(prefix);

    /// <summary>Gets how many bytes an environment's path may have where the length of a file must stay.</summary>
    public int Room => _former.Length;

    /// <summary>Gets how many bytes the environment's path has.</summary>
    public int Length => _present.Length;

    /// <summary>Copies a text and replaces the path wherever it stands. Bytes that are not UTF-8 stay as they are.</summary>
    /// <param name="source">The text.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="isScript">Whether the first line may name the program that runs the file, so that it must not become too long.</param>
    /// <returns>Whether anything was replaced.</returns>
    public bool CopyText(Stream source, Stream target, bool isScript)
    {
        var window = new ReadWindow(source);
        var isChanged = isScript && CopyFirstLine(window, target);
        while (true)
        {
            var pending = window.Pending;
            if (pending.IndexOf(_former) is var found and >= 0)
            {
                target.Write(pending[..found]);
                target.Write(_present);
                window.Skip(found + _former.Length);
                isChanged = true;
            }
            else if (!Pass(window, target))
            {
                return isChanged;
            }
        }
    }

    /// <summary>Copies a file of fixed length. In each text that ends with a zero byte, all occurrences of the path are replaced, and the
    /// room that is left is filled with zeros after the text.</summary>
    /// <param name="source">The file.</param>
    /// <param name="target">Where it goes.</param>
    /// <returns>Whether anything was replaced.</returns>
    /// <exception cref="InvalidOperationException">The environment's path is longer than <see cref="Room"/>.</exception>
    public bool CopyBinary(Stream source, Stream target)
    {
        if (Length > Room)
        {
            throw new InvalidOperationException($"There is no room for '{prefix}'.");
        }

        var window = new ReadWindow(source);
        var isChanged = false;
        while (true)
        {
            var pending = window.Pending;
            var found = pending.IndexOf(_former);
            if (found < 0)
            {
                if (!Pass(window, target))
                {
                    return isChanged;
                }

                continue;
            }

            target.Write(pending[..found]);
            window.Skip(found);
            if (window.FillTo(0) is not (>= 0 and var end))
            {
                // Not a text: nothing ends it.
                target.Write(window.Pending);
                return isChanged;
            }

            WriteTerminated(window.Pending[..end], target);
            window.Skip(end);
            isChanged = true;
        }
    }

    private bool CopyFirstLine(ReadWindow window, Stream target)
    {
        window.Fill();
        var pending = window.Pending;
        if (!pending.StartsWith("#!"u8))
        {
            return false;
        }

        var end = pending.IndexOf((byte)'\n');
        var line = end < 0 ? pending : pending[..end];
        if (Shebang.Rewrite(line, placeholder, prefix) is not { } written)
        {
            return false;
        }

        target.Write(written);
        window.Skip(line.Length);
        return true;
    }

    private void WriteTerminated(ReadOnlySpan<byte> text, Stream target)
    {
        var padding = 0;
        while (text.IndexOf(_former) is var found and >= 0)
        {
            target.Write(text[..found]);
            target.Write(_present);
            padding += _former.Length - _present.Length;
            text = text[(found + _former.Length)..];
        }

        target.Write(text);
        target.Write(new byte[padding]);
    }

    // All but what may be the beginning of an occurrence.
    private bool Pass(ReadWindow window, Stream target)
    {
        var safe = window.Pending.Length - (_former.Length - 1);
        if (safe > 0)
        {
            target.Write(window.Pending[..safe]);
            window.Skip(safe);
        }

        if (window.Fill())
        {
            return true;
        }

        target.Write(window.Pending);
        window.Skip(window.Pending.Length);
        return false;
    }
}

/// <summary>A part of a file that moves forward, and grows where one text does not fit.</summary>
/// <param name="source">The file.</param>
internal sealed class ReadWindow(Stream source)
{
    private const int FirstSize = 256 << 10;
    private byte[] _buffer = new byte[FirstSize];
    private int _start;
    private int _end;

    /// <summary>Gets what is read and not skipped.</summary>
    public ReadOnlySpan<byte> Pending => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Skips bytes that are read.</summary>
    /// <param name="count">How many.</param>
    public void Skip(int count) => _start += count;

    /// <summary>Reads more.</summary>
    /// <returns>Whether there was more.</returns>
    public bool Fill()
    {
        if (_start > 0)
        {
            Pending.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var read = source.ReadAtLeast(_buffer.AsSpan(_end), 1, throwOnEndOfStream: false);
        _end += read;
        return read > 0;
    }

    /// <summary>Reads until a byte is there.</summary>
    /// <param name="wanted">The byte.</param>
    /// <returns>Its place in <see cref="Pending"/>; -1 when the file ends before.</returns>
    public int FillTo(byte wanted)
    {
        var looked = 0;
        while (true)
        {
            if (Pending[looked..].IndexOf(wanted) is var found and >= 0)
            {
                return looked + found;
            }

            looked = Pending.Length;
            if (!Fill())
            {
                return -1;
            }
        }
    }
}
