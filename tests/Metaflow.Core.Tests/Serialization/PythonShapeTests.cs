using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Values of Python's own classes, read into the types of C# that mean the same.</summary>
public sealed class PythonShapeTests(PythonSession session) : IClassFixture<PythonSession>
{
    // Some versions of Python 3.11 store a member of an enumeration as an attribute of its class; classes that say so store it in every
    // version.
    private const string Classes = """
        import sys, pickle, base64, enum, operator, dataclasses
        class Color(enum.Enum):
            RED = 1
            BLUE = 2
        class Level(enum.IntEnum):
            LOW = 1
            HIGH = 7
        class Right(enum.Flag):
            READ = 1
            WRITE = 2
            RUN = 4
        class Outer:
            class Inner(enum.Enum):
                ONE = 1
        class By:
            def __init__(self, *parts): self.parts = parts
            def __reduce__(self): return self.parts
        @dataclasses.dataclass(frozen=True, slots=True)
        class Slim:
            first: int
            second_name: str
        for line in sys.stdin:
            protocol, text = line.split(' ', 1)
            print(base64.b64encode(pickle.dumps(eval(text), int(protocol))).decode())
        """;

    [Theory]
    [InlineData("Color.BLUE")]
    [InlineData("By(getattr, (Color, 'BLUE'))")]
    public void A_member_of_an_enumeration_is_read_however_Python_stored_it(string member)
    {
        for (var protocol = 2; protocol <= 5; protocol++)
        {
            Assert.Equal(Colour.Blue, Read<Colour>(protocol, member));
            Assert.Equal([Colour.Blue, Colour.Blue], Read<List<Colour>>(protocol, $"[{member}, {member}]"));
            Assert.Equal(Colour.Blue, Read<Colour?>(protocol, member));
            Assert.Equal(Colour.Blue, Read<Dictionary<string, Colour>>(protocol, $"{{'a': {member}}}")["a"]);
        }
    }

    [Theory]
    [InlineData("Level.HIGH")]
    [InlineData("By(getattr, (Level, 'HIGH'))")]
    public void A_member_of_an_integer_enumeration_is_read(string member) => Assert.Equal(Level.High, Read<Level>(4, member));

    [Theory]
    [InlineData("Right.READ | Right.RUN", 5)]
    [InlineData("By(operator.or_, (By(getattr, (Right, 'READ')), By(getattr, (Right, 'RUN'))))", 5)]
    [InlineData(
        "By(operator.or_, (By(operator.or_, (By(getattr, (Right, 'READ')), By(getattr, (Right, 'WRITE')))), By(getattr, (Right, 'RUN'))))",
        7)]
    [InlineData("By(getattr, (Right, 'WRITE'))", 2)]
    public void Flags_that_were_combined_are_read(string flags, int expected) => Assert.Equal((Rights)expected, Read<Rights>(4, flags));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_member_of_an_enumeration_within_a_class_is_read(int protocol)
    {
        Assert.Equal(Inner.One, Read<Inner>(protocol, "Outer.Inner.ONE"));
        Assert.Equal(Inner.One, Read<Inner>(protocol, "By(getattr, (Outer.Inner, 'ONE'))"));
    }

    [Fact]
    public void A_member_that_the_enumeration_lacks_is_refused_by_its_name()
    {
        var error = Assert.Throws<StorageException>(() => Read<Inner>(4, "By(getattr, (Color, 'RED'))"));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        Assert.Contains("the attribute 'RED' of the class __main__.Color", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_dataclass_with_slots_is_read_into_a_record(int protocol)
        => Assert.Equal(new Slim(1, "two"), Read<Slim>(protocol, "Slim(1, 'two')"));

    [Fact]
    public void Times_finer_than_those_of_dotnet_are_counts_of_their_unit()
    {
        var stored = NumPy("np.array([0, 150, 'NaT', 200], dtype='datetime64[ns]')");
        var plain = Assert.IsType<NumericArray>(PickleReader.Read(stored));
        Assert.Equal([0L, 150L, null, 200L], Enumerable.Range(0, 4).Select(i => plain.GetValue(i)));
        Assert.Equal([0L, 150L, null, 200L], ArtifactSerializer.Deserialize<long?[]>(stored, "pickle-v4"));
        Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<DateTime?[]>(stored, "pickle-v4"));

        var exact = NumPy("np.array([0, 200], dtype='datetime64[ns]')");
        Assert.Equal(
            [DateTime.UnixEpoch.Ticks, DateTime.UnixEpoch.Ticks + 2],
            ArtifactSerializer.Deserialize<DateTime[]>(exact, "pickle-v4").Select(static time => time.Ticks));
        Assert.Equal([0L, 200L], ArtifactSerializer.Deserialize<long[]>(exact, "pickle-v4"));
        Assert.Equal([1L, -2L], ArtifactSerializer.Deserialize<List<long>>(NumPy("np.array([1, -2], dtype='>m8[D]')"), "pickle-v4"));
    }

    [Fact]
    public void Records_of_NumPy_are_read_nested_and_as_record_arrays()
    {
        const string Nested = "np.array([(1, (2.5, 'a'))], dtype=[('id', 'i4'), ('point', [('x', 'f8'), ('name', 'U3')])])";
        Assert.Equal([new Holder(1, new Place(2.5, "a"))], ArtifactSerializer.Deserialize<List<Holder>>(NumPy(Nested), "pickle-v4"));
        Assert.Equal(
            [new Holder(1, new Place(2.5, "a"))],
            ArtifactSerializer.Deserialize<List<Holder>>(NumPy($"{Nested}.view(np.recarray)"), "pickle-v4"));
        Assert.Equal(
            [new Place(1, "b")],
            ArtifactSerializer.Deserialize<Place[]>(NumPy("np.rec.array([(1.0, 'b')], dtype=[('x', 'f8'), ('name', 'U1')])"), "pickle-v4"));
    }

    [Fact]
    public void An_array_without_axes_is_its_only_item()
    {
        Assert.Equal(2.5, ArtifactSerializer.Deserialize<double>(NumPy("np.array(2.5)"), "pickle-v4"));
        Assert.Equal("a", ArtifactSerializer.Deserialize<string>(NumPy("np.array('a')"), "pickle-v4"));
        Assert.Equal(
            new Place(1, "b"),
            ArtifactSerializer.Deserialize<Place>(NumPy("np.array((1.0, 'b'), dtype=[('x', 'f8'), ('name', 'U1')])"), "pickle-v4"));
        Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<int>(NumPy("np.array(2.5)"), "pickle-v4"));
    }

    [Fact]
    public void A_negative_zero_keeps_its_sign_and_its_places()
    {
        foreach (var number in new[] { -0.00m, -0m, 0.0m, -1.50m })
        {
            Assert.Equal(decimal.GetBits(number), decimal.GetBits(Pickles.RoundTrip(number)));
        }

        Assert.Equal(
            decimal.GetBits(-0.00m),
            decimal.GetBits(Pickles.ReadAs<decimal>(new PythonObject("decimal", "Decimal", ["-0.00"], isCall: true))));
    }

    private T Read<T>(int protocol, string text)
        => ArtifactSerializer.Deserialize<T>(
            Convert.FromBase64String(session.Ask("dataclasses", Classes, $"{protocol} {text}")), "pickle-v4");

    private byte[] NumPy(string text)
    {
        const string Code = """
            import sys, pickle, base64, numpy as np
            for line in sys.stdin:
                print(base64.b64encode(pickle.dumps(eval(line), 4)).decode())
            """;
        return Convert.FromBase64String(session.Ask("numpy", Code, text));
    }

    private enum Colour
    {
        Red = 1,
        Blue = 2,
    }

    private enum Level : byte
    {
        Low = 1,
        High = 7,
    }

    private enum Inner
    {
        None,
        One,
    }

    [Flags]
    private enum Rights : ulong
    {
        None = 0,
        Read = 1,
        Write = 2,
        Run = 4,
    }

    private sealed record Slim(int First, string SecondName);

    private sealed record Place(double X, string Name);

    private sealed record Holder(int Id, Place Point);
}
