using Metaflow.Cli.Debugging;

namespace Metaflow.Cli.Tests;

public sealed class SignatureTextTests
{
    [Theory]
    [InlineData("()", "()")]
    [InlineData("(System.String, Double)", "(string, double)")]
    [InlineData("(System.Object[], Int32[,], Boolean)", "(object[], int[,], bool)")]
    [InlineData(
        "(System.Collections.Generic.Dictionary`2<System.String,System.Collections.Generic.List`1<Int64>>)",
        "(Dictionary<string,List<long>>)")]
    [InlineData("(System.Nullable`1<System.Decimal>, Int32 ByRef)", "(decimal?, ref int)")]
    [InlineData("(System.Collections.Generic.List`1<Single> ByRef, Byte*)", "(ref List<float>, byte*)")]
    [InlineData("(Sales.Double, Sales.Order+Line, System.Threading.CancellationToken)", "(Double, Order.Line, CancellationToken)")]
    public void Parameters_are_written_as_in_CSharp(string ofRuntime, string expected)
        => Assert.Equal(expected, SignatureText.Of(ofRuntime));
}
