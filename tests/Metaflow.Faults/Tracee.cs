using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Metaflow.Faults;

/// <summary>A thread that is stopped at a call.</summary>
/// <param name="id">The thread's id.</param>
internal sealed unsafe class Tracee(int id)
{
    private const int GetRegisters = 12;
    private const int SetRegisters = 13;
    private const int LongestPath = 4096;
    private const int WorkingFolder = -100;
    private const int Appends = 0x400;

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private NativeMethods.Registers _registers;

    /// <summary>Gets the number of the call.</summary>
    public int Call => (int)_registers.Call;

    /// <summary>Gets what the call returned: below 0 if it failed.</summary>
    public long Result => (long)_registers.Rax;

    /// <summary>Gets the process that the thread belongs to.</summary>
    public int Process
        => int.Parse(
            File.ReadLines($"/proc/{id}/status").First(static line => line.StartsWith("Tgid:", StringComparison.Ordinal))[5..],
            CultureInfo.InvariantCulture);

    /// <summary>Reads the registers.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public void Stop()
    {
        fixed (NativeMethods.Registers* registers = &_registers)
        {
            if (NativeMethods.Trace(GetRegisters, id, 0, (nint)registers) != 0)
            {
                throw new IOException($"The registers of thread {id} cannot be read.");
            }
        }
    }

    /// <summary>Returns whether the thread has ended, or is about to.</summary>
    public bool IsGone()
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < LongestEnd)
        {
            try
            {
                var state = File.ReadLines($"/proc/{id}/status").First(static line => line.StartsWith("State:", StringComparison.Ordinal));
                if (state.Contains("(zombie)", StringComparison.Ordinal) || state.Contains("(dead)", StringComparison.Ordinal))
                {
                    return true;
                }
            }
            catch (Exception error) when (error is IOException or InvalidOperationException)
            {
                return true;
            }

            Thread.Sleep(1);
        }

        return false;
    }

    /// <summary>Returns an argument of the call.</summary>
    public ulong Argument(int number) => number switch
    {
        0 => _registers.Rdi,
        1 => _registers.Rsi,
        2 => _registers.Rdx,
        3 => _registers.R10,
        4 => _registers.R8,
        _ => _registers.R9,
    };

    /// <summary>Lets the call fail without taking effect.</summary>
    /// <param name="code">The number of the error.</param>
    public void Fail(int code)
    {
        _registers.Call = ulong.MaxValue;
        _registers.Rax = (ulong)-(long)code;
        Store();
    }

    /// <summary>Makes a writing call write less.</summary>
    /// <param name="count">How many bytes.</param>
    public void Shorten(long count)
    {
        _registers.Rdx = (ulong)count;
        Store();
    }

    /// <summary>Returns the path behind an open file, or <see langword="null"/> if it has none.</summary>
    public string? PathOf(ulong descriptor)
    {
        try
        {
            var target = new FileInfo($"/proc/{id}/fd/{(int)descriptor}").LinkTarget;
            return target is null || !target.StartsWith('/') || target.EndsWith(" (deleted)", StringComparison.Ordinal) ? null : target;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Returns a path that is an argument, or <see langword="null"/> if it is relative to a folder that is gone.</summary>
    /// <param name="folder">The open folder that it is relative to.</param>
    /// <param name="address">Where the text is.</param>
    /// <exception cref="IOException">The text cannot be read.</exception>
    public string? PathAt(long folder, ulong address)
    {
        var text = ReadText(address) ?? throw new IOException($"A path of thread {id} cannot be read.");
        if (text.StartsWith('/'))
        {
            return text;
        }

        var start = (int)folder == WorkingFolder ? new FileInfo($"/proc/{id}/cwd").LinkTarget : PathOf((ulong)folder);
        return start is null ? null : Path.Combine(start, text);
    }

    /// <summary>Returns where a write without a place goes.</summary>
    public long PositionOf(ulong descriptor)
    {
        var lines = File.ReadAllLines($"/proc/{id}/fdinfo/{(int)descriptor}");
        var flags = Convert.ToInt32(lines.First(static line => line.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim(), 8);
        return (flags & Appends) != 0
            ? new FileInfo(PathOf(descriptor)!).Length
            : long.Parse(
                lines.First(static line => line.StartsWith("pos:", StringComparison.Ordinal))[4..].Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Reads bytes of the thread's memory: fewer where the memory ends.</summary>
    public byte[] Read(ulong address, long length)
    {
        var bytes = new byte[length];
        fixed (byte* start = bytes)
        {
            var local = new NativeMethods.Slice { Start = (ulong)start, Length = (ulong)length };
            var remote = new NativeMethods.Slice { Start = address, Length = (ulong)length };
            var read = length == 0 ? 0 : NativeMethods.ReadMemory(id, &local, 1, &remote, 1, 0);
            return read == length ? bytes : bytes[..Math.Max(0, (int)read)];
        }
    }

    /// <summary>Reads the bytes of several parts.</summary>
    public byte[] ReadParts(ulong address, int count)
    {
        var all = new List<byte>();
        var parts = Read(address, count * 16L);
        for (var i = 0; i < count; i++)
        {
            all.AddRange(Read(BitConverter.ToUInt64(parts, i * 16), BitConverter.ToInt64(parts, (i * 16) + 8)));
        }

        return [.. all];
    }

    private string? ReadText(ulong address)
    {
        // A page at a time: the next one may not be there.
        var bytes = new List<byte>();
        while (bytes.Count < LongestPath)
        {
            var part = Read(address, 4096 - (long)(address % 4096));
            var end = Array.IndexOf(part, (byte)0);
            if (end >= 0)
            {
                bytes.AddRange(part[..end]);
                return Encoding.UTF8.GetString([.. bytes]);
            }

            if (part.Length == 0)
            {
                return null;
            }

            bytes.AddRange(part);
            address += (ulong)part.Length;
        }

        return null;
    }

    private void Store()
    {
        fixed (NativeMethods.Registers* registers = &_registers)
        {
            NativeMethods.Trace(SetRegisters, id, 0, (nint)registers);
        }
    }
}
