using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Forms of NumPy's arrays that are rarer: masked ones, arrays as fields of records, and longdouble. The pickles are built as
/// NumPy writes them.</summary>
public sealed class NumPyFormTests
{
    private static readonly NumericType Float = NumericType.OfElement(typeof(double))!;

    [Fact]
    public void A_masked_array_is_read_with_nothing_in_the_place_of_masked_items()
    {
        var payload = Pickles.Write(Masked([3L], false, [1.0, 2.0, 3.0], [0, 1, 0]));
        Assert.Equal([1.0, null, 3.0], ArtifactSerializer.Deserialize<double?[]>(payload, "pickle-v4"));
        Assert.Equal([1.0, null, 3.0], ArtifactSerializer.Deserialize<List<double?>>(payload, "pickle-v4"));
        Assert.IsType<PythonObject>(ArtifactSerializer.Deserialize<object>(payload, "pickle-v4"));
        Assert.Equal(
            [1.0, 2.0], ArtifactSerializer.Deserialize<double[]>(Pickles.Write(Masked([2L], false, [1.0, 2.0], [0, 0])), "pickle-v4"));
        Assert.Contains("[1]' is None", Refused<double[]>(payload).Message, StringComparison.Ordinal);
        Assert.Contains("[1]' is None", Refused<List<double>>(payload).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, new byte[] { 0, 1, 0, 0, 0, 0 }, "1,;3,4;5,6")]
    [InlineData(true, new byte[] { 0, 1, 0, 0, 0, 0 }, "1,4;,5;3,6")]
    public void A_masked_array_of_two_axes_is_read_row_by_row(bool isFortranOrder, byte[] mask, string expected)
    {
        var rows = ArtifactSerializer.Deserialize<List<List<double?>>>(
            Pickles.Write(Masked([3L, 2L], isFortranOrder, [1, 2, 3, 4, 5, 6], mask)), "pickle-v4");
        Assert.Equal(expected, string.Join(';', rows.Select(static row => string.Join(',', row))));
        Assert.Empty(ArtifactSerializer.Deserialize<List<List<double?>>>(
            Pickles.Write(Masked([0L, 2L], isFortranOrder, [], [])), "pickle-v4"));
    }

    [Fact]
    public void A_masked_array_whose_mask_does_not_fit_is_refused()
        => Refused<double?[]>(Pickles.Write(Masked([3L], false, [1.0, 2.0, 3.0], [0, 1])));

    [Fact]
    public void A_field_of_a_record_that_is_an_array_is_read()
    {
        var payload = Pickles.Write(Records(new PythonTuple(2L, 3L), 48, 56));
        var read = Assert.Single(ArtifactSerializer.Deserialize<List<Frame>>(payload, "pickle-v4"));
        Assert.Equal(7L, read.Id);
        Assert.Equal([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], read.Points);
        Assert.Equal(
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            Assert.Single(ArtifactSerializer.Deserialize<List<Line>>(Pickles.Write(Records(6L, 48, 56)), "pickle-v4")).Points);
    }

    [Theory]
    [InlineData(3L, 48)]
    [InlineData(-1L, 48)]
    [InlineData(1L << 62, 48)]
    public void A_field_whose_shape_does_not_fit_its_size_is_kept_as_data(long length, int size)
    {
        var payload = Pickles.Write(Records(new PythonTuple(2L, length == 3 ? 2L : length), size, 56));
        Assert.IsType<PythonObject>(ArtifactSerializer.Deserialize<object>(payload, "pickle-v4"));
        Refused<List<Frame>>(payload);
    }

    [Fact]
    public void A_longdouble_is_refused_and_it_is_said_what_to_store()
    {
        var type = new PythonObject(
            "numpy", "dtype", ["f16", false, true], new PythonTuple(3L, "<", null, null, null, -1L, -1L, 0L), isCall: true);
        var array = new PythonObject(
            "numpy", "ndarray", [new PythonTuple(0L)], new PythonTuple(1L, new PythonTuple(1L), type, false, new byte[16]));
        Assert.Contains("'.astype(float)'", Refused<double[]>(Pickles.Write(array)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'.astype(float)'",
            Refused<double>(Pickles.Write(new PythonObject("numpy.core.multiarray", "scalar", [type, new byte[16]], isCall: true))).Message,
            StringComparison.Ordinal);
    }

    private static PythonObject Masked(object?[] shape, bool isFortranOrder, double[] items, byte[] mask) => new(
        "numpy.ma.core",
        "_mareconstruct",
        [new PythonClass("numpy.ma.core", "MaskedArray"), new PythonClass("numpy", "ndarray"), new PythonTuple(0L), "b"],
        new PythonTuple(1L, new PythonTuple(shape), Float, isFortranOrder, items.SelectMany(BitConverter.GetBytes).ToArray(), mask, null),
        isCall: true);

    // dtype([('id', 'i8'), ('points', 'f8', shape)]) and one record of it.
    private static PythonObject Records(object shape, long fieldSize, long size)
    {
        var field = new PythonObject(
            "numpy", "dtype", [$"V{fieldSize}", false, true],
            new PythonTuple(3L, "|", new PythonTuple(Float, shape), null, null, fieldSize, 8L, 0L), isCall: true);
        var fields = new Dictionary<object, object?>
        {
            ["id"] = new PythonTuple(NumericType.OfElement(typeof(long)), 0L),
            ["points"] = new PythonTuple(field, 8L),
        };
        var type = new PythonObject(
            "numpy", "dtype", [$"V{size}", false, true],
            new PythonTuple(3L, "|", null, new PythonTuple("id", "points"), fields, size, 1L, 16L), isCall: true);
        byte[] content = [.. BitConverter.GetBytes(7L), .. new double[] { 1, 2, 3, 4, 5, 6 }.SelectMany(BitConverter.GetBytes)];
        return new PythonObject("numpy", "ndarray", [new PythonTuple(0L)], new PythonTuple(1L, new PythonTuple(1L), type, false, content));
    }

    private static StorageException Refused<T>(byte[] payload)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<T>(payload, "pickle-v4"));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        return error;
    }

    internal sealed record Frame(long Id, double[][] Points);

    internal sealed record Line(long Id, double[] Points);
}
