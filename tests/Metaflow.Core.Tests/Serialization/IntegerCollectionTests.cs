using System.Collections;
using System.Collections.Immutable;
using System.Numerics;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>To the runtime an <c>int[]</c> is a <c>uint[]</c> too, and a <c>byte[]</c> an <c>sbyte[]</c>: the values must not
/// follow.</summary>
public sealed class IntegerCollectionTests
{
    public enum Level : byte
    {
        Low = 1,
        High = 200,
    }

    [Fact]
    public void Items_of_every_integer_type_keep_type_and_value_in_every_collection()
    {
        Check<byte>();
        Check<sbyte>();
        Check<ushort>();
        Check<short>();
        Check<uint>();
        Check<int>();
        Check<ulong>();
        Check<long>();
        Check<nuint>();
        Check<nint>();
        Check<UInt128>();
    }

    [Fact]
    public void Bytes_are_read_only_into_items_that_hold_them()
    {
        var bytes = Pickles.Write(new byte[] { 1, 200 });
        Assert.Equal([1, 200], ArtifactSerializer.Deserialize<uint[]>(bytes, "pickle-v4"));
        Assert.Equal([1, 100], Pickles.ReadAs<sbyte[]>(new byte[] { 1, 100 }));
        Assert.Equal([Level.Low, Level.High], ArtifactSerializer.Deserialize<Level[]>(bytes, "pickle-v4"));
        foreach (var type in (Type[])[typeof(sbyte[]), typeof(IReadOnlyList<sbyte>), typeof(IEnumerable<sbyte>), typeof(List<sbyte>)])
        {
            var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize(bytes, "pickle-v4", type, "x"));
            Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        }
    }

    [Fact]
    public void An_array_that_only_the_runtime_takes_for_the_declared_one_is_refused_before_it_is_stored()
    {
        var disguised = (int[])(object)new uint[] { uint.MaxValue };
        Refused(disguised);
        Refused<IReadOnlyList<int>>(disguised);
        Refused(new List<int[]> { new[] { 1 }, disguised });
        Refused(new Dictionary<string, IEnumerable<int>> { ["a"] = disguised });
        Refused((byte[])(object)new[] { Level.High });
        Refused(new Holder<int>(disguised, []));
        Assert.IsType<uint[]>(Pickles.RoundTrip<object>(disguised));
    }

    private static void Check<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        foreach (var length in (int[])[1, 2, 1_000])
        {
            T[] items = [.. Enumerable.Range(0, length).Select(static i => i % 2 == 0 ? T.MaxValue - T.CreateTruncating(i) : T.MinValue)];
            Same(items);
            Same(items.ToList());
            Same(items.ToImmutableArray());
            Same<IReadOnlyList<T>>(items);
            Same<IEnumerable<T>>(items);
            Same(new Queue<T>(items));
            Same(items.ToHashSet());
            Same(items.Select(static item => (T?)item).ToArray());
            Same(new[] { items, items[..1] });
            Same(new Dictionary<string, T[]> { ["a"] = items });
            Same(items.Distinct().ToDictionary(static item => item, static item => item));
            Assert.Equal(items, Pickles.RoundTrip(new Holder<T>(items, [.. items])).Items);
            Assert.Equal(items, Pickles.RoundTrip(new Holder<T>(items, [.. items])).Copies);
            if (NumericType.OfElement(typeof(T)) is not null)
            {
                var read = Pickles.RoundTrip<object>(items);
                Assert.Same(typeof(T[]), read.GetType());
                Assert.Equal(items, (T[])read);
            }
        }
    }

    private static void Refused<T>(T value)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(value, typeof(T)));
        Assert.Equal(ErrorCodes.DerivedTypeWouldBeLost, error.Code);
    }

    private static void Same<T>(T value)
        where T : IEnumerable
    {
        var read = Pickles.RoundTrip(value);
        Assert.Equal(Flat(value), Flat(read));
    }

    private static IEnumerable<object?> Flat(IEnumerable value)
        => value.Cast<object?>().SelectMany(static item => item is IEnumerable inner ? Flat(inner) : [item]);

    private sealed record Holder<T>(T[] Items, List<T> Copies);
}
