using System.Runtime.InteropServices;
using Metaflow.Environments.Checks;
using Metaflow.Environments.Records;
using Microsoft.CodeAnalysis;

namespace Metaflow.Environments.Tests.Checks;

/// <summary>Which steps can come to a call that the packages lack.</summary>
public sealed class FlowCodeTests : IDisposable
{
    private const string Framework = """
        namespace Metaflow
        {
            public abstract class FlowSpec { protected object Next(System.Func<object> step) => step; }
            public sealed class StepAttribute : System.Attribute { }
        }
        """;

    private static readonly string[] Frameworks = [RuntimeEnvironment.GetRuntimeDirectory()];

    private const string Compiled = "namespace Acme; public class X { public static void Go() { } }";

    private readonly AssemblyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("class A : FlowSpec { [Step] object Start() { X.Go(); return Next(End); } [Step] object End() => this; }", "A.Start")]
    [InlineData("class A : FlowSpec { [Step] object Start() => Next(End); [Step] object End() { X.Go(); return this; } }", "A.End")]
    [InlineData(
        "class A : FlowSpec { [Step] object Start() => Help(); object Help() { X.Go(); return this; } [Step] object End() => 1; }",
        "A.Start")]
    [InlineData("class A : FlowSpec { [Step] object Start() => 1; object Unused() { X.Go(); return this; } }")]
    [InlineData("class A : FlowSpec { public A() => X.Go(); [Step] object Start() => 1; [Step] object End() => 1; }", "A.End", "A.Start")]
    [InlineData("class A : FlowSpec { static int I = Of(); static int Of() { X.Go(); return 1; } [Step] object Start() => 1; }", "A.Start")]
    [InlineData(
        "class A : FlowSpec { [Step] object Start() { System.Action a = () => { void L() => X.Go(); L(); }; return a; } }",
        "A.Start")]
    [InlineData("class A : FlowSpec { [Step] async Task<object> Start() { await Task.Yield(); X.Go(); return this; } }", "A.Start")]
    [InlineData("class A : FlowSpec { [Step] object Start() => Many(); IEnumerable<int> Many() { yield return 1; X.Go(); } }", "A.Start")]
    [InlineData(
        "class A : FlowSpec { [Step] object Start() => 1; } class B : FlowSpec { [Step] object Start() { X.Go(); return 1; } }",
        "B.Start")]
    [InlineData(
        "interface I { void M(); } class C : I { public void M() => X.Go(); } class A : FlowSpec { I I = null!; [Step] object "
            + "Start() { I.M(); return 1; } [Step] object End() => 1; }",
        "A.Start")]
    [InlineData(
        "interface I { void M(); } class C : I { void I.M() => X.Go(); } class A : FlowSpec { I I = null!; [Step] object Start() "
            + "{ I.M(); return 1; } }",
        "A.Start")]
    [InlineData(
        "class C { public override string ToString() { X.Go(); return \"\"; } } class A : FlowSpec { [Step] object Start() => "
            + "$\"{new C()}\"; [Step] object End() => 1; }",
        "A.Start")]
    [InlineData(
        "class C { public C() => X.Go(); } class A : FlowSpec { [Step] object Start() => Make<C>(); T Make<T>() where T : new() "
            + "=> new T(); [Step] object End() => 1; }",
        "A.Start")]
    [InlineData(
        "class M : System.Attribute { public M() => X.Go(); } class A : FlowSpec { [Step, M] object Start() => 1; [Step] object "
            + "End() => 1; }",
        "A.Start")]
    public void Only_steps_that_can_come_to_the_call_are_named(string code, params string[] steps)
        => Assert.Equal(steps, Steps(code));

    [Fact]
    public void A_step_of_a_base_class_counts_for_each_flow_that_has_it_and_the_overrides_of_another_flow_do_not()
    {
        const string Code = """
            abstract class Low : FlowSpec { [Step] object Start() => Help(); protected abstract object Help(); }
            class A : Low { protected override object Help() { X.Go(); return 1; } }
            class B : Low { protected override object Help() => 2; }
            """;

        Assert.Equal(["A.Start"], Steps(Code));
    }

    [Fact]
    public void Libraries_of_the_author_are_followed_and_compared()
    {
        var compiled = _folder.Compile("new", "Acme", "2.0.0.0", Compiled);
        var locked = _folder.Compile("old", "Acme", "1.0.0.0", "namespace Acme; public class X { }");
        var library = _folder.Compile(
            "app", "Library", "1.0.0.0", "public class Trainer { public void Train() => Acme.X.Go(); public void Test() { } }", compiled);
        var program = _folder.Compile(
            "app", "Flow", "1.0.0.0",
            Source(
                "class A : FlowSpec { [Step] object Start() { new Trainer().Train(); return 1; } "
                + "[Step] object End() { new Trainer().Test(); return 1; } }"),
            compiled, library);

        var checks = ProgramChecks.Of(program, [program, library], [Package()], (_, _) => locked, Frameworks);

        Assert.Equal(["A.Start"], Assert.Single(checks.MissingMembers).Steps);
    }

    [Fact]
    public void What_the_program_does_before_each_task_counts_for_all_steps()
    {
        const string Code = "class P { static void Main() => X.Go(); } class A : FlowSpec { [Step] object Start() => 1; }";

        Assert.Equal(["A.Start"], Steps(Code, OutputKind.ConsoleApplication));
        Assert.Equal([], Steps(Code, OutputKind.ConsoleApplication, "Other.dll"));
    }

    private static NuGetPackage Package() => new("Acme", "1.0.0", "test")
    {
        ContentHash = "",
        Sha256 = new string('0', 64),
        Length = 1,
        Assets = [new NuGetAsset(NuGetAssetKind.Assembly, "lib/net10.0/Acme.dll")],
    };

    private static string Source(string code)
        => $"using Acme; using Metaflow; using System.Collections.Generic; using System.Threading.Tasks; {code}\n{Framework}";

    private IReadOnlyList<string> Steps(
        string code, OutputKind kind = OutputKind.DynamicallyLinkedLibrary,
        string? starts = null)
    {
        var compiled = _folder.Compile("new", "Acme", "2.0.0.0", Compiled);
        var locked = _folder.Compile("old", "Acme", "1.0.0.0", "namespace Acme; public class X { }");
        var program = _folder.Compile("app", "Flow", "1.0.0.0", Source(code), kind, compiled);
        var checks = ProgramChecks.Of(starts ?? program, [program], [Package()], (_, _) => locked, Frameworks);
        return Assert.Single(checks.MissingMembers).Steps;
    }
}
