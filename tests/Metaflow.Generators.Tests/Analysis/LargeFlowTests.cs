using System.Globalization;
using System.Text;
using Metaflow.Generators.Tests.Compiling;

namespace Metaflow.Generators.Tests.Analysis;

public sealed class LargeFlowTests
{
    [Fact]
    public async Task A_flow_of_two_hundred_diamonds_is_checked_as_you_type()
    {
        var source = new StringBuilder(
            "public partial class F : FlowSpec\n{\n    public partial int X { get; set; }\n    [Step] Transition Start() { X = 0; "
                + "return Next(S0); }\n");
        for (var i = 0; i < 200; i++)
        {
            var next = i < 199 ? $"S{i + 1}" : "End";
            source.Append(
                CultureInfo.InvariantCulture,
                $"    [Step] Transition S{i}() => Next(A{i}, B{i});\n    [Step] Transition A{i}() {{ X += 1; return Next(J{i}); }}\n");
            source.Append(
                CultureInfo.InvariantCulture,
                $"    [Step] Transition B{i}() => Next(J{i});\n    [Step] Transition J{i}(Inputs<F> inputs) {{ X = inputs[0].X; "
                    + $"return Next({next}); }}\n");
        }

        // Work that doubled with each diamond would never end.
        var flow = FlowCompilation.Of(source.Append("    [Step] void End() => Console.WriteLine(X);\n}\n").ToString());
        Assert.Empty(await flow.AnalyzeAsync());
    }
}
