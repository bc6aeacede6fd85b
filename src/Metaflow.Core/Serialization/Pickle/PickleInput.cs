using System.Buffers;

namespace Metaflow.Serialization;

/// <summary>The bytes of a pickle in the order in which they are taken: all of them in memory, or a window on those that are read one after
/// another, so that a long pickle is never in memory whole.</summary>
internal sealed class PickleInput
{
    private const int WindowSize = 2 << 20;

    private readonly Func<Memory<byte>, int>? _read;
    private readonly long _longest;
    private ReadOnlyMemory<byte> _window;
    private int _position;

    // Two buffers take turns: who reads may still look at the one that was filled last.
    private byte[] _filled = [];
    private byte[] _spare = [];
    private long _before;

    /// <summary>Initializes the bytes of a pickle that is in memory.</summary>
    /// <param name="payload">The pickle.</param>
    public PickleInput(ReadOnlyMemory<byte> payload) => (_window, _longest, Length) = (payload, payload.Length, payload.Length);

    /// <summary>Initializes the bytes of a pickle that is read.</summary>
    /// <param name="read">Fills the beginning of a memory with the next bytes, and returns how many; 0 at the end. Those bytes do not
    /// change before the next call.</param>
    /// <param name="longest">The most bytes that there can be: nothing is allocated for a length beyond it.</param>
    public PickleInput(Func<Memory<byte>, int> read, long longest) => (_read, _longest) = (read, longest);

    /// <summary>Returns the bytes of a pickle that was just written.</summary>
    /// <param name="payload">The pickle.</param>
    /// <returns>Its bytes.</returns>
    public static PickleInput Of(ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
        {
            return new PickleInput(payload.First);
        }

        var segments = payload.GetEnumerator();
        var segment = ReadOnlyMemory<byte>.Empty;
        return new PickleInput(Read, payload.Length) { Length = payload.Length };

        int Read(Memory<byte> target)
        {
            while (segment.IsEmpty && segments.MoveNext())
            {
                segment = segments.Current;
            }

            var count = Math.Min(segment.Length, target.Length);
            segment[..count].CopyTo(target);
            segment = segment[count..];
            return count;
        }
    }

    /// <summary>Gets the length of the pickle as far as it is known, for guesses.</summary>
    public long Length { get; init; }

    /// <summary>Gets a value indicating whether the pickle is in memory.</summary>
    public bool IsWhole => _read is null;

    /// <summary>Gets the bytes that were not taken yet and are in memory.</summary>
    public ReadOnlyMemory<byte> Rest => _window[_position..];

    /// <summary>Gets how many bytes were taken.</summary>
    public long Position => _before + _position;

    /// <summary>Gets how many bytes there are still, or of a pickle that is read, how many there can be.</summary>
    public long Remaining => _longest - Position;

    /// <summary>Takes bytes.</summary>
    /// <param name="length">How many.</param>
    /// <param name="bytes">The bytes, until the next call.</param>
    /// <returns>Whether there are as many.</returns>
    public bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        if (!TryFill(length))
        {
            bytes = default;
            return false;
        }

        bytes = _window.Span.Slice(_position, length);
        _position += length;
        return true;
    }

    /// <summary>Takes bytes that stay as they are; only those of a pickle in memory do.</summary>
    public ReadOnlyMemory<byte> TakeView(int length)
    {
        _position += length;
        return _window.Slice(_position - length, length);
    }

    /// <summary>Takes bytes to where they are wanted.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <returns>Whether there are as many.</returns>
    public bool TryTake(Memory<byte> target)
    {
        var known = Math.Min(target.Length, _window.Length - _position);
        _window.Slice(_position, known).CopyTo(target);
        _position += known;
        for (target = target[known..]; !target.IsEmpty;)
        {
            var count = _read?.Invoke(target) ?? 0;
            if (count == 0)
            {
                return false;
            }

            _before += count;
            target = target[count..];
        }

        return true;
    }

    /// <summary>Takes bytes without looking at them, and gets more into memory.</summary>
    /// <param name="taken">How many are taken, of those in memory.</param>
    /// <param name="wanted">How many are wanted behind them.</param>
    /// <returns>Whether there are as many.</returns>
    public bool TryMoveOn(int taken, int wanted)
    {
        _position += taken;
        return TryFill(wanted);
    }

    /// <summary>Looks at the next bytes, without taking them.</summary>
    /// <param name="most">How many; fewer at the end.</param>
    /// <returns>The bytes, until the next call.</returns>
    public ReadOnlySpan<byte> Peek(int most)
    {
        TryFill(most);
        return _window.Span.Slice(_position, Math.Min(most, _window.Length - _position));
    }

    /// <summary>Returns where a byte is.</summary>
    /// <param name="value">The byte.</param>
    /// <returns>How many bytes lie before it; -1 if it does not come.</returns>
    public int IndexOf(byte value)
    {
        for (var seen = 0; ;)
        {
            var index = _window.Span[(_position + seen)..].IndexOf(value);
            if (index >= 0)
            {
                return seen + index;
            }

            seen = _window.Length - _position;
            if (seen > int.MaxValue / 2 || !TryFill(seen + 1))
            {
                return -1;
            }
        }
    }

    private bool TryFill(int length)
    {
        var rest = _window[_position..];
        if (length <= rest.Length)
        {
            return true;
        }

        if (_read is null)
        {
            return false;
        }

        // Whatever there is, if it is less.
        var most = (int)Math.Min(length, Math.Max(rest.Length, Remaining));
        if (_spare.Length < most)
        {
            _spare = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(WindowSize, most + (most / 2L)), Array.MaxLength));
        }

        rest.CopyTo(_spare);
        (_filled, _spare) = (_spare, _filled);
        (_before, _position) = (_before + _position, 0);
        var count = rest.Length;
        for (int read; count < most && (read = _read(_filled.AsMemory(count))) > 0;)
        {
            count += read;
        }

        _window = _filled.AsMemory(0, count);
        return length <= count;
    }
}
