using System.Numerics;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class PythonInteropTests
{
    private const string Show = """
        import sys, pickle, base64
        for line in sys.stdin:
            value = pickle.loads(base64.b64decode(line))
            print(ascii(value))
        """;

    private const string ShowArray = """
        import sys, pickle, base64, numpy
        for line in sys.stdin:
            value = pickle.loads(base64.b64decode(line))
            print(value.dtype.str, value.shape, value.tolist(), value.flags.writeable, value.flags.aligned)
        """;

    private const string Dump = """
        import sys, pickle, base64, datetime, decimal, uuid
        for line in sys.stdin:
            print(base64.b64encode(pickle.dumps(eval(line), 4)).decode())
        """;

    [Fact]
    public void Python_reads_what_is_written()
    {
        (object? Value, string Expected)[] values =
        [
            (null, "None"), (true, "True"), (char.MaxValue, "'\\uffff'"), ("lone \ud800", "'lone \\ud800'"),
            (Int128.MinValue, Int128.MinValue.ToString()), (BigInteger.Pow(10, 400), BigInteger.Pow(10, 400).ToString()), (0.1, "0.1"),
            ((Half)0.5, "0.5"), (double.NegativeInfinity, "-inf"), (1.10m, "Decimal('1.10')"), (new byte[] { 0, 255 }, "b'\\x00\\xff'"),
            (Guid.Parse("12345678-1234-5678-1234-567812345678"), "UUID('12345678-1234-5678-1234-567812345678')"),
            (Guid.Parse("00000000-0000-0000-0000-000000000001"), "UUID('00000000-0000-0000-0000-000000000001')"),
            (new DateTime(2026, 11, 21, 21, 57, 17).AddMicroseconds(5), "datetime.datetime(2026, 11, 21, 21, 57, 17, 5)"),
            (new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc), "datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)"),
            (new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.FromHours(2)),
                "datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=7200)))"),
            (new DateOnly(2020, 2, 29), "datetime.date(2020, 2, 29)"), (new TimeOnly(1, 2, 3, 4, 5), "datetime.time(1, 2, 3, 4005)"),
            (TimeSpan.FromMicroseconds(-1), "datetime.timedelta(days=-1, seconds=86399, microseconds=999999)"),
            (new Complex(1, -2), "(1-2j)"), (FileAttributes.Hidden | FileAttributes.System, "'Hidden, System'"),
            (new[] { "a", null }, "['a', None]"), (new List<double> { 1, 2.5 }, "[1.0, 2.5]"), (new HashSet<int> { 1, 2 }, "{1, 2}"),
            ((1, "a"), "(1, 'a')"), (KeyValuePair.Create("a", 1), "('a', 1)"), (new RoundTripTests.Point(1, 2), "{'x': 1, 'y': 2.0}"),
            (new Dictionary<RoundTripTests.Point, int> { [new(1, 2)] = 3 }, "[({'x': 1, 'y': 2.0}, 3)]"),
            (new { A = 1, B = new { } }, "{'a': 1, 'b': {}}"),
            (new PythonObject("builtins", "range", [1L, 5L, 2L], isCall: true), "range(1, 5, 2)"),
            (new PythonObject("fractions", "Fraction", ["3/4"], isCall: true), "Fraction(3, 4)"),
            (new PythonClass("decimal", "Decimal"), "<class 'decimal.Decimal'>"),
            (new HashSet<object?> { new HashSet<object?> { 1 } }, "{frozenset({1})}"), (Recursive(), "[([...], 1)]"),
            (new Dictionary<string, int> { ["max_x"] = 1 }, "{'max_x': 1}"), (new string('x', 70000), $"'{new string('x', 70000)}'"),
        ];
        var answers = Ask("pickle", Show, [.. values.Select(value => Convert.ToBase64String(Pickles.Write(value.Value)))]);
        Assert.Equal(values.Select(value => value.Expected), answers);
    }

    [Fact]
    public void NumPy_reads_arrays_of_numbers()
    {
        (Array Value, string Expected)[] values =
        [
            (new[] { 1.5, -2 }, "<f8 (2,) [1.5, -2.0] True True"), (new[] { 1f }, "<f4 (1,) [1.0] True True"),
            (new[] { (Half)0.5 }, "<f2 (1,) [0.5] True True"), (new[] { 1, -2 }, "<i4 (2,) [1, -2] True True"),
            (new[] { long.MinValue }, "<i8 (1,) [-9223372036854775808] True True"), (new short[] { -3 }, "<i2 (1,) [-3] True True"),
            (new sbyte[] { -3 }, "|i1 (1,) [-3] True True"), (new ushort[] { 3 }, "<u2 (1,) [3] True True"),
            (new uint[] { 3 }, "<u4 (1,) [3] True True"), (new[] { ulong.MaxValue }, "<u8 (1,) [18446744073709551615] True True"),
            (new[] { true, false }, "|b1 (2,) [True, False] True True"), (new[] { new Complex(1, 2) }, "<c16 (1,) [(1+2j)] True True"),
            (Array.Empty<double>(), "<f8 (0,) [] True True"),
            (new[,] { { 1.0, 2 }, { 3, 4 } }, "<f8 (2, 2) [[1.0, 2.0], [3.0, 4.0]] True True"),
            (new byte[,] { { 1, 2 } }, "|u1 (1, 2) [[1, 2]] True True"),
        ];
        var answers = Ask("numpy", ShowArray, [.. values.Select(value => Convert.ToBase64String(Pickles.Write(value.Value)))]);
        Assert.Equal(values.Select(value => value.Expected), answers);
    }

    [Fact]
    public void Values_have_the_bytes_of_this_machines_Python()
    {
        var wide = Enumerable.Range(0, 3000).ToDictionary(i => i, i => $"value {i}");
        (object? Value, string Expression)[] values =
        [
            (Enumerable.Range(0, 50_000).ToList(), "list(range(50000))"), (Enumerable.Range(0, 1000).ToHashSet(), "set(range(1000))"),
            (Enumerable.Range(0, 1001).ToList(), "list(range(1001))"), (wide, "{i: 'value %d' % i for i in range(3000)}"),
            (Enumerable.Range(0, 20_000).Select(i => $"text {i}").ToList(), "['text %d' % i for i in range(20000)]"),
            (new List<object> { new byte[70_000], 1, new string('é', 40_000), new byte[300] },
                "[bytes(70000), 1, '\\xe9' * 40000, bytes(300)]"),
            (new List<double>(Enumerable.Range(0, 20_000).Select(i => i / 3.0)), "[i / 3.0 for i in range(20000)]"),
            (new string('x', 65535), "'x' * 65535"), (new string('x', 65536), "'x' * 65536"),
            (new DateOnly(2020, 1, 1), "datetime.date(2020, 1, 1)"), (1.5m, "decimal.Decimal('1.5')"),
            (-BigInteger.Pow(2, 4000), "-2**4000"), (-128, "-128"), (long.MinValue, "-2**63"),
            (new List<object> { new DateOnly(2020, 1, 1), TimeSpan.FromDays(1) }, "[datetime.date(2020, 1, 1), datetime.timedelta(1)]"),
            (Recursive(), "(lambda l: l.append((l, 1)) or l)([])"),
        ];
        var answers = Ask("pickle", Dump, [.. values.Select(value => value.Expression)]);
        var wrong = values.Where((value, i) => Convert.ToBase64String(Pickles.Write(value.Value)) != answers[i])
            .Select(value => value.Expression);
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_protocol_of_Python_is_read(int protocol)
    {
        const string Values = """
            [None, True, -5, 2**31, 2**80, 1.5, float('inf'), 'h\xe9\u2603\U0001d11e\n\\u', b'\x00\xff', b'', (), (1,), (1, 2, 3, 4), [], {}, {'k': (1, 'a'), None: 2}, {1, 2},
             frozenset([3]), bytearray(b'ab'), 1+2j, datetime.datetime(2026, 11, 21, 1, 2, 3, 4, datetime.timezone.utc), datetime.date(1, 2, 3), datetime.timedelta(-1, 2, 3),
             decimal.Decimal('1.10'), uuid.UUID(int=7), range(3), collections.OrderedDict([('z', 1)]), collections.deque([1]), datetime.time(1, 2)]
            """;
        var code = Dump.Replace("uuid", "uuid, collections", StringComparison.Ordinal).Replace(
            "), 4)", $"), {protocol})", StringComparison.Ordinal);
        var answer = Ask("pickle", code, [Values.Replace("\n", " ", StringComparison.Ordinal)])[0];
        var read = Assert.IsType<List<object?>>(PickleReader.Read(Convert.FromBase64String(answer)));
        const string Expected = """
            [null,true,-5,2147483648,{"int":"1208925819614629174706176"},1.5,{"float":"inf"},"h\u00E9\u2603\uD834\uDD1E\n\\u",{"bytes":"AP8="},{"bytes":""},{"tuple":[]},{"tuple":[1]},{"tuple":[1,2,3,4]},[],{"dict":[]},{"dict":[["k",{"tuple":[1,"a"]}],[null,2]]},{"set":[1,2]},{"set":[3]},{"bytes":"YWI="},{"complex":[1,2]},{"datetime":"2026-11-21T01:02:03.000004\u002B00:00"},{"date":"0001-02-03"},{"timedelta":[0,-86397,-999997]},{"decimal":"1.10"},{"uuid":"00000000-0000-0000-0000-000000000007"},{"range":[0,3,1]},{"dict":[["z",1]]},[1],null]
            """;
        Assert.Equal(new TimeOnly(1, 2), read[^1]);
        Assert.Equal(Expected, GoldenValue.Of(read)!.ToJsonString());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public void Arrays_of_every_protocol_are_read(int protocol)
    {
        var code = $"""
            import sys, pickle, base64, numpy as np
            for line in sys.stdin:
                print(base64.b64encode(pickle.dumps(eval(line), {protocol})).decode())
            """;
        string[] expressions =
        [
            "np.arange(3.0)", "np.asfortranarray(np.arange(6).reshape(2, 3))", "np.float32(0.5)",
            "np.array([(1, 2.5)], dtype=[('a', 'i4'), ('b', 'f8')])", "np.bool_(True)", "np.array([1, 'a'], dtype=object)",
            "np.datetime64('2020-01-02')",
        ];
        var answers = Ask("numpy", code, expressions).Select(answer => Convert.FromBase64String(answer)).ToList();
        Assert.Equal([0.0, 1, 2], ArtifactSerializer.Deserialize<double[]>(answers[0], "pickle-v4"));
        Assert.Equal(new long[,] { { 0, 1, 2 }, { 3, 4, 5 } }, ArtifactSerializer.Deserialize<long[,]>(answers[1], "pickle-v4"));
        Assert.Equal(0.5f, ArtifactSerializer.Deserialize<float>(answers[2], "pickle-v4"));
        Assert.Equal(
            [new RoundTripTests.Point(1, 2.5)],
            ArtifactSerializer.Deserialize<List<Row>>(answers[3], "pickle-v4").Select(row => new RoundTripTests.Point(row.A, row.B)));
        Assert.Equal(true, PickleReader.Read(answers[4]));
        Assert.Equal([1L, "a"], ArtifactSerializer.Deserialize<object[]>(answers[5], "pickle-v4"));
        Assert.Equal(new DateTime(2020, 1, 2), ArtifactSerializer.Deserialize<DateTime>(answers[6], "pickle-v4"));
    }

    private static List<object?> Recursive()
    {
        var list = new List<object?>();
        list.Add(new PythonTuple(list, 1L));
        return list;
    }

    private static IReadOnlyList<string> Ask(string module, string code, IReadOnlyList<string> lines)
    {
        return PythonProcess.Run(PythonProcess.Require(module), code, lines)!;
    }

    private sealed record Row(int A, double B);
}
