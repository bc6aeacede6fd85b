using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class PickleProperties(GoldenRuns runs) : IClassFixture<GoldenRuns>
{
    private static readonly Gen<object?> Leaf = Gen.OneOf(
        Gen.Constant<object?>(null),
        Gen.Elements<object?>(true, false),
        ArbMap.Default.GeneratorFor<long>().Select(number => (object?)number),
        ArbMap.Default.GeneratorFor<int>().Select(number => (object?)(long)number),
        ArbMap.Default.GeneratorFor<BigInteger>().Select(number => (object?)(number * number * long.MaxValue)),
        ArbMap.Default.GeneratorFor<double>().Select(number => (object?)number),
        ArbMap.Default.GeneratorFor<string>().Select(text => (object?)text),
        ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => (object?)bytes),
        ArbMap.Default.GeneratorFor<decimal>().Select(number => (object?)number),
        ArbMap.Default.GeneratorFor<Guid>().Select(id => (object?)id),
        ArbMap.Default.GeneratorFor<double[]>().Select(numbers => (object?)numbers),
        Gen.Choose(0, 1_000_000_000).Select(seconds => (object?)DateTime.UnixEpoch.AddSeconds(seconds)));

    [Fact]
    public void Any_nested_value_reads_back_the_same() => Check(Nested(4), value =>
    {
        var bytes = Pickles.Write(value);
        var read = PickleReader.Read(bytes);
        var again = PickleReader.Read(Pickles.Write(read));
        var text = GoldenValue.Of(read)?.ToJsonString();
        return text == GoldenValue.Of(again)?.ToJsonString() && text == GoldenValue.Of(Plain(value))?.ToJsonString();
    });

    [Fact]
    public void The_bytes_of_a_value_are_always_the_same()
        => Check(Nested(3), value => Pickles.Write(value).SequenceEqual(Pickles.Write(value)));

    [Fact]
    public void Damaged_pickles_are_an_error_of_storage_or_some_value()
    {
        var blobs = runs.Blobs("TypesFlow").Concat(runs.Blobs("FramesFlow")).Select(blob => blob.Payload)
            .Where(payload => payload.Length < 2000).ToArray();
        var damaged =
            from blob in Gen.OneOf(Gen.Elements(blobs), Nested(3).Select(Pickles.Write))
            from changes in Gen.Choose(0, 1 << 30).ListOf(3)
            from cut in Gen.Choose(0, 9)
            select Damage(blob, changes, cut);
        Check(damaged, bytes => IsOnlyStorageError(() => PickleReader.Read(bytes))
            && IsOnlyStorageError(() => ArtifactSerializer.Deserialize<List<RoundTripTests.Movie>>(bytes, "pickle-v4"))
            && IsOnlyStorageError(() => ArtifactSerializer.Deserialize<Dictionary<string, double[]>>(bytes, "pickle-v4"))
            && IsOnlyStorageError(() => ArtifactSerializer.Deserialize<(int, string[,])>(bytes, "pickle-v4")), count: 5000);
    }

    [Fact]
    public void Sets_that_contain_themselves_are_read() =>
        Assert.Equal(
            2,
            Assert.IsType<HashSet<object?>>(Pickles.Read(
                "80 04 8f 94 28 68 00 90 30 8f 94 28 68 01 90 30 8f 94 28 68 00 68 01 90 2e")).Count);

    [Fact]
    public void Random_opcodes_are_an_error_of_storage_or_some_value()
    {
        const string Opcodes = "NKKKKK()]}\u0085\u0086\u0087\u0088\u0089\u008f\u0090\u0091\u0093\u0094aesut0122bRcoidlhqhq";
        var programs = Gen.OneOf(
            Gen.Elements(Opcodes.Select(letter => (byte)letter).ToArray()), Gen.Choose(0, 255).Select(value => (byte)value)).ListOf(40);
        Check(programs, program => IsOnlyStorageError(() => PickleReader.Read((byte[])[0x80, 4, .. program, 0x2e])), count: 5000);
    }

    private static void Check<T>(Gen<T> values, Func<T, bool> holds, int count = 300) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(values.ToArbitrary(), holds));

    private static Gen<object?> Nested(int depth)
    {
        if (depth == 0)
        {
            return Leaf;
        }

        var inner = Nested(depth - 1);
        return Gen.Frequency(
            (3, Leaf),
            (1, inner.ListOf().Select(items => (object?)items.ToList())),
            (1, inner.ListOf().Select(items => (object?)new PythonTuple(items.ToArray()))),
            (1, inner.ListOf().Select(items => (object?)items.Select((item, i) => KeyValuePair.Create($"key {i}", item)).ToDictionary())),
            (1, ArbMap.Default.GeneratorFor<int[]>().Select(items => (object?)items.ToHashSet())),
            (1, inner.Two()
                .Select(pair => (object?)new PythonObject(
                    "module", "Class", [pair.Item1], new Dictionary<string, object?> { ["field"] = pair.Item2 }))));
    }

    // What a value of the generator is once it was read.
    private static object? Plain(object? value) => value switch
    {
        List<object?> list => list.ConvertAll(Plain),
        PythonTuple tuple => new PythonTuple(tuple.Select(Plain).ToArray()),
        Dictionary<string, object?> pairs => pairs.ToDictionary(pair => (object)pair.Key, pair => Plain(pair.Value)),
        HashSet<int> set => set.Select(item => (object?)(long)item).ToHashSet(),
        PythonObject instance =>
            new PythonObject(instance.Module, instance.Name, instance.Arguments.Select(Plain).ToArray(), Plain(instance.State)),
        double[] numbers => PickleReader.Read(Pickles.Write(numbers)),
        DateTime time => new DateTimeOffset(time),
        BigInteger number => number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number,
        _ => value,
    };

    private static byte[] Damage(byte[] blob, IEnumerable<int> changes, int cut)
    {
        var damaged = blob.ToArray();
        foreach (var change in changes)
        {
            damaged[2 + (change / 256 % (damaged.Length - 2))] = (byte)change;
        }

        return cut == 0 ? damaged[..(damaged.Length / 2)] : damaged;
    }

    private static bool IsOnlyStorageError(Action action)
    {
        try
        {
            action();
        }
        catch (StorageException)
        {
            return true;
        }

        return true;
    }
}
