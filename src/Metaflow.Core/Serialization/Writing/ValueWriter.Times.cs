using System.Buffers.Binary;
using System.Globalization;

namespace Metaflow.Serialization;

/// <content>Times and decimals, of which large tables have millions: written without an object for any of their parts.</content>
/// <remarks>Python's times have microseconds: ticks of a tenth of one are cut off, as they are by every clock of Python.</remarks>
internal sealed partial class ValueWriter
{
    private const int LongestDecimal = 32;
    private const int TimeLength = 10;
    private const int DateLength = 4;

    private void WriteDecimal(decimal number)
    {
        Span<byte> text = stackalloc byte[LongestDecimal];
        text[0] = (byte)'-';
        _ = number.TryFormat(text[1..], out var length, provider: CultureInfo.InvariantCulture);

        // Python has a sign for a negative zero too, which .NET leaves out.
        var lacksSign = decimal.IsNegative(number) && text[1] != '-';
        BeginCall(CommonClass.Decimal);
        _emitter.ShortText(lacksSign ? text[..(length + 1)] : text.Slice(1, length));
        EndCall(1);
    }

    private void WriteTime(DateTime time)
    {
        if (time.Kind != DateTimeKind.Unspecified)
        {
            WriteTime(time.ToUniversalTime(), TimeSpan.Zero);
            return;
        }

        BeginTime(time);
        EndCall(1);
    }

    private void WriteTime(DateTime time, TimeSpan offset)
    {
        BeginTime(time);
        BeginCall(CommonClass.TimeZone);
        WriteSpan(offset);
        EndCall(1);
        EndCall(2);
    }

    private void BeginTime(DateTime time)
    {
        Span<byte> bytes = stackalloc byte[TimeLength];
        Put(time, bytes);
        BeginCall(CommonClass.DateTime);
        _emitter.ShortBytes(bytes);
    }

    private void WriteDate(DateOnly date)
    {
        Span<byte> bytes = stackalloc byte[TimeLength];
        Put(date.ToDateTime(default), bytes);
        BeginCall(CommonClass.Date);
        _emitter.ShortBytes(bytes[..DateLength]);
        EndCall(1);
    }

    private void WriteTimeOfDay(TimeOnly time)
    {
        Span<byte> bytes = stackalloc byte[TimeLength];
        Put(default(DateTime).Add(time.ToTimeSpan()), bytes);
        BeginCall(CommonClass.Time);
        _emitter.ShortBytes(bytes[DateLength..]);
        EndCall(1);
    }

    private void WriteSpan(TimeSpan span)
    {
        // Cut towards zero: the least span would not be one any more if it were cut towards the past.
        var (days, rest) = Math.DivRem(span.Ticks - (span.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.TicksPerDay);
        if (rest < 0)
        {
            days--;
            rest += TimeSpan.TicksPerDay;
        }

        BeginCall(CommonClass.TimeDelta);
        WriteInt(days);
        WriteInt(rest / TimeSpan.TicksPerSecond);
        WriteInt(rest % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        EndCall(3);
    }

    private void BeginCall(CommonClass type)
    {
        _emitter.Global(type);
        _emitter.Boundary();
    }

    /// <summary>Calls the class below the arguments on the stack.</summary>
    private void EndCall(int count)
    {
        _emitter.SmallTuple(count);
        _emitter.Opcode(PickleOpcode.Reduce);
        _emitter.Memoize();
    }

    private static void Put(DateTime time, Span<byte> bytes)
    {
        var (date, clock) = (DateOnly.FromDateTime(time), time.TimeOfDay);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)date.Year);
        bytes[2] = (byte)date.Month;
        bytes[3] = (byte)date.Day;
        bytes[4] = (byte)clock.Hours;
        bytes[5] = (byte)clock.Minutes;
        bytes[6] = (byte)clock.Seconds;
        var microseconds = (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        bytes[7] = (byte)(microseconds >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], (ushort)microseconds);
    }
}
