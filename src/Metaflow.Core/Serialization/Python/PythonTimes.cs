using System.Buffers.Binary;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>The classes of Python's <c>datetime</c> as .NET types, where these hold the value exactly.</summary>
internal static class PythonTimes
{
    /// <summary>The bit of the month that Python calls "fold": the hour that is repeated when clocks are set back passes the second
    /// time.</summary>
    private const int FoldBit = 0x80;

    /// <summary>Calls a class of the module.</summary>
    /// <returns>The value, or <see langword="null"/> when .NET has none that is the same.</returns>
    public static object? Call(string name, PythonTuple arguments) => name switch
    {
        "datetime" when arguments is { Count: 1 or 2 } => Time(BytesOf(arguments[0]), arguments.Count == 1 ? null : arguments[1]),
        "date" when arguments is [var bytes] => Date(BytesOf(bytes)),
        "time" when arguments is [var bytes] => TimeOfDay(BytesOf(bytes)),
        "timedelta" when arguments is [long days, long seconds, long microseconds] => Span(days, seconds, microseconds),
        _ => null,
    };

    private static byte[]? BytesOf(object? value) => value switch
    {
        byte[] bytes => bytes,
        string text when text.All(letter => letter <= byte.MaxValue) => Encoding.Latin1.GetBytes(text),
        _ => null,
    };

    /// <summary>Returns the time that a <c>datetime</c> without a zone holds.</summary>
    public static DateTime? Time(ReadOnlySpan<byte> bytes)
        => bytes.Length == 10 && Date(bytes[..4]) is { } date && Clock(bytes[4..]) is { } clock ? date.ToDateTime(clock) : null;

    /// <summary>Returns the time of a <c>datetime</c> whose zone is so far from UTC.</summary>
    public static object? At(DateTime time, TimeSpan offset)
    {
        if (offset.Ticks % TimeSpan.TicksPerMinute != 0 || offset.Duration() > TimeSpan.FromHours(14))
        {
            return null;
        }

        var utc = time.Ticks - offset.Ticks;
        return utc >= 0 && utc <= DateTime.MaxValue.Ticks ? new DateTimeOffset(time, offset) : null;
    }

    private static object? Time(byte[]? bytes, object? zone)
    {
        if (Time(bytes) is not { } time || zone is null)
        {
            return Time(bytes);
        }

        var isSecond = (bytes![2] & FoldBit) != 0;
        return PythonZones.OffsetOf(zone, time, isSecond) is { } offset ? At(time, offset) : null;
    }

    private static DateOnly? Date(byte[]? bytes) => bytes is null ? null : Date(bytes.AsSpan());

    /// <summary>Returns the day that a <c>date</c> holds.</summary>
    public static DateOnly? Date(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 4)
        {
            return null;
        }

        // A time without a zone has no second passage of a repeated hour in .NET.
        var (year, month, day) = (BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[2] & ~FoldBit, bytes[3]);
        var isDate = year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        return isDate ? new DateOnly(year, month, day) : null;
    }

    private static TimeOnly? TimeOfDay(byte[]? bytes) => bytes is { Length: 6 } ? Clock([(byte)(bytes[0] & 0x7F), .. bytes[1..]]) : null;

    private static TimeOnly? Clock(ReadOnlySpan<byte> bytes)
    {
        var microseconds = (bytes[3] << 16) | (bytes[4] << 8) | bytes[5];
        return bytes[0] < 24 && bytes[1] < 60 && bytes[2] < 60 && microseconds < 1_000_000
            ? new TimeOnly(bytes[0], bytes[1], bytes[2]).Add(new TimeSpan(microseconds * TimeSpan.TicksPerMicrosecond))
            : null;
    }

    /// <summary>Returns the duration that a <c>timedelta</c> holds.</summary>
    public static TimeSpan? Span(long days, long seconds, long microseconds)
    {
        var ticks = ((Int128)days * TimeSpan.TicksPerDay) + ((Int128)seconds * TimeSpan.TicksPerSecond)
            + ((Int128)microseconds * TimeSpan.TicksPerMicrosecond);
        return ticks >= long.MinValue && ticks <= long.MaxValue ? new TimeSpan((long)ticks) : null;
    }
}
