using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class TypeTests(RepositorySources sources)
{
    [Fact]
    public void Classes_are_sealed_abstract_or_static() => Problems.AssertNone(sources.Compilations.SelectMany(Types.CheckSealed));

    [Fact]
    public void Names_of_types_say_what_they_are() => Problems.AssertNone(sources.Compilations.SelectMany(Types.CheckNames));

    [Fact]
    public void Nothing_static_can_change() => Problems.AssertNone(sources.Compilations.SelectMany(Types.CheckStaticState));

    [Theory]
    [InlineData("public class A;", 1)]
    [InlineData("class Outer { }", 1)]
    [InlineData("public record A(int X);", 1)]
    [InlineData("static class Outer { internal class Inner; }", 1)]
    [InlineData(
        "public sealed class A; abstract class B; static class C; sealed record D; enum E { F } interface G; struct H; delegate void I();",
        0)]
    [InlineData("partial class A; sealed partial class A;", 0)]
    public void A_class_that_does_not_say_is_found(string text, int problems)
        => Assert.Equal(problems, Types.CheckSealed(Sample(text)).Count);

    [Theory]
    [InlineData("sealed class PathHelper;", 1)]
    [InlineData("static class StringUtils;", 1)]
    [InlineData("interface IRunManager;", 1)]
    [InlineData("struct StoreImpl;", 1)]
    [InlineData("sealed class ManagerReport; sealed class Helpful;", 0)]
    public void An_empty_name_is_found(string text, int problems) => Assert.Equal(problems, Types.CheckNames(Sample(text)).Count);

    [Theory]
    [InlineData("static class A { static int s_count; }", 1)]
    [InlineData("static class A { public static int Count { get; set; } }", 1)]
    [InlineData("static class A { public static int Count { get; } static readonly int X = 1; const int Y = 2; }", 0)]
    public void Static_state_is_found(string text, int problems) => Assert.Equal(problems, Types.CheckStaticState(Sample(text)).Count);

    private static ProjectCompilation Sample(string text) => ProjectCompiler.CompileSample(("A.cs", "namespace Metaflow; " + text));
}
