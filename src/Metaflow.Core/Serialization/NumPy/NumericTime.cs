using System.Buffers.Binary;
using System.Globalization;

namespace Metaflow.Serialization;

/// <summary>The times and durations of NumPy: a count of a unit, from 1970 for times.</summary>
internal static class NumericTime
{
    /// <summary>Reads a count.</summary>
    /// <returns>A <see cref="DateTime"/> or <see cref="TimeSpan"/> where that holds it exactly, <see langword="null"/> for "not a time",
    /// else the count.</returns>
    public static object? Read(long count, char kind, string? unit)
    {
        if (count == long.MinValue)
        {
            return null;
        }

        var (multiple, name) = Split(unit);
        if (kind == 'M' && name is "Y" or "M")
        {
            var months = (Int128)count * multiple * (name == "Y" ? 12 : 1);
            return months > -1969 * 12 && months < 8029 * 12 ? DateTime.UnixEpoch.AddMonths((int)months).ToUniversalTimeless() : count;
        }

        if (Ticks(count, multiple, name) is not { } ticks)
        {
            return count;
        }

        if (kind == 'm')
        {
            return ticks >= TimeSpan.MinValue.Ticks && ticks <= TimeSpan.MaxValue.Ticks ? new TimeSpan((long)ticks) : count;
        }

        var sinceYearOne = ticks + DateTime.UnixEpoch.Ticks;
        return sinceYearOne >= 0 && sinceYearOne <= DateTime.MaxValue.Ticks ? new DateTime((long)sinceYearOne) : count;
    }

    /// <summary>Returns the count of an item in this machine's order of bytes.</summary>
    public static object? CountOf(ReadOnlySpan<byte> item)
        => (BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadInt64LittleEndian(item)
            : BinaryPrimitives.ReadInt64BigEndian(item)) is var count and not long.MinValue ? count : null;

    private static DateTime ToUniversalTimeless(this DateTime value) => DateTime.SpecifyKind(value, DateTimeKind.Unspecified);

    private static (long Multiple, string? Name) Split(string? unit)
    {
        var name = unit?.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var digits = unit?[..(unit.Length - name!.Length)];
        return (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var multiple) ? multiple : 1, name);
    }

    private static Int128? Ticks(long count, long multiple, string? name)
    {
        var value = (Int128)count * multiple;
        return name switch
        {
            "W" => value * 7 * TimeSpan.TicksPerDay,
            "D" => value * TimeSpan.TicksPerDay,
            "h" => value * TimeSpan.TicksPerHour,
            "m" => value * TimeSpan.TicksPerMinute,
            "s" => value * TimeSpan.TicksPerSecond,
            "ms" => value * TimeSpan.TicksPerMillisecond,
            "us" => value * TimeSpan.TicksPerMicrosecond,
            "ns" when value % 100 == 0 => value / 100,
            _ => null,
        };
    }
}
