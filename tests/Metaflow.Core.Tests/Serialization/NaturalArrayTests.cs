using System.Numerics;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class NaturalArrayTests
{
    public static TheoryData<Array> Arrays =>
    [
        new[] { 1.5 }, new[] { 1f }, new[] { (Half)1 }, new[] { 1 }, new[] { 1u }, new[] { 1L }, new[] { 1ul }, new short[] { 1 },
        new ushort[] { 1 }, new sbyte[] { 1 }, new byte[] { 1 }, new[] { true }, new[] { Complex.One }, Array.Empty<double>(),
    ];

    [Theory]
    [MemberData(nameof(Arrays), DisableDiscoveryEnumeration = true)]
    public void An_array_that_is_read_as_an_object_is_an_array_of_its_own_type(Array array)
    {
        Assert.Same(array.GetType(), Pickles.RoundTrip<object>(array).GetType());
        var table = Pickles.RoundTrip(new Dictionary<string, object> { ["x"] = array, ["text"] = new string('a', 600) });
        Assert.Same(array.GetType(), table["x"].GetType());
        Assert.Equal(array, table["x"]);
        Assert.Equal(array, Pickles.RoundTrip(new object[] { 1L, array })[1]);
    }

    [Fact]
    public void An_array_within_plain_data_is_an_array_too_and_stays_one_object()
    {
        double[] array = [1, 2];
        var table = Pickles.RoundTrip(new Dictionary<string, object>
        {
            ["a"] = new List<object> { array, new Dictionary<string, object> { ["b"] = array } },
            ["c"] = array,
        });
        var list = Assert.IsType<List<object?>>(table["a"]);
        Assert.Equal(array, Assert.IsType<double[]>(list[0]));
        Assert.Same(list[0], table["c"]);
        Assert.Same(list[0], Assert.IsType<Dictionary<object, object?>>(list[1])["b"]);
    }

    [Fact]
    public void What_has_no_natural_array_stays_an_array_of_NumPy()
    {
        Assert.IsType<NumericArray>(Pickles.RoundTrip<object>(new[,] { { 1.0 } }));
        Assert.IsType<NumericArray>(Pickles.ReadAs<NumericArray>(new[] { 1.0 }));
        Assert.IsType<NumericArray>(ArtifactSerializer.DeserializePlain(Pickles.Write(new[] { 1.0 }), "pickle-v4"));
    }
}
