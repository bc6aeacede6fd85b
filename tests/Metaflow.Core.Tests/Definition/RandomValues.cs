using System.Numerics;
using System.Text;

namespace Metaflow.Core.Tests.Definition;

/// <summary>Makes values of any bits that a type can have.</summary>
internal static class RandomValues
{
    public static object Of(Type type, Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return type switch
        {
            _ when type == typeof(sbyte) => (sbyte)bytes[0],
            _ when type == typeof(byte) => bytes[0],
            _ when type == typeof(short) => BitConverter.ToInt16(bytes),
            _ when type == typeof(ushort) => BitConverter.ToUInt16(bytes),
            _ when type == typeof(int) => BitConverter.ToInt32(bytes),
            _ when type == typeof(uint) => BitConverter.ToUInt32(bytes),
            _ when type == typeof(long) => BitConverter.ToInt64(bytes),
            _ when type == typeof(ulong) => BitConverter.ToUInt64(bytes),
            _ when type == typeof(nint) => (nint)BitConverter.ToInt64(bytes),
            _ when type == typeof(nuint) => (nuint)BitConverter.ToUInt64(bytes),
            _ when type == typeof(Int128) => BitConverter.ToInt128(bytes),
            _ when type == typeof(UInt128) => BitConverter.ToUInt128(bytes),
            _ when type == typeof(BigInteger) => new BigInteger(bytes) * new BigInteger(bytes),
            _ when type == typeof(Half) => BitConverter.ToHalf(bytes),
            _ when type == typeof(float) => BitConverter.ToSingle(bytes),
            _ when type == typeof(double) => BitConverter.ToDouble(bytes),
            _ when type == typeof(decimal) => new decimal(
                BitConverter.ToInt32(bytes), BitConverter.ToInt32(bytes, 4), BitConverter.ToInt32(bytes, 8), bytes[12] > 127,
                (byte)(bytes[13] % 29)),
            _ when type == typeof(bool) => bytes[0] > 127,
            _ when type == typeof(char) => (char)(BitConverter.ToUInt16(bytes) % 0xD800),
            _ when type == typeof(Rune) => new Rune(0x10000 + random.Next(0x100000)),
            _ when type == typeof(Guid) => new Guid(bytes),
            _ when type == typeof(Version) => new Version(random.Next(), random.Next(), random.Next()),
            _ when type == typeof(DateTime) =>
                new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), bytes[0] > 127 ? DateTimeKind.Utc : DateTimeKind.Unspecified),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(
                random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay),
                TimeSpan.FromMinutes(random.Next(-840, 841))),
            _ when type == typeof(DateOnly) => DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber)),
            _ when type == typeof(TimeOnly) => new TimeOnly(random.NextInt64(TimeSpan.TicksPerDay)),
            _ when type == typeof(TimeSpan) => new TimeSpan(BitConverter.ToInt64(bytes)),
            _ when type.IsEnum => Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length))!,
            _ => throw new NotSupportedException(type.Name),
        };
    }
}
