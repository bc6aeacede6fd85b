using System.Diagnostics;
using System.Runtime.InteropServices;
using Metaflow.Environments.Checks;

namespace Metaflow.Environments.Tests.Checks;

public sealed class MemberComparisonTests : IDisposable
{
    private const string GenericMethod = "TMethod0 Acme.X.Of<TMethod0>(TMethod0[], Acme.Y<TMethod0>)";

    private readonly AssemblyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("public void Go() { }", "", "x.Go();", "void Acme.X.Go()")]
    [InlineData("public X Of(int a, string? b) => this;", "public X Of(int a) => this;", "x.Of(1, \"\");", "Acme.X Acme.X.Of(int, string)")]
    [InlineData("public int Say() => 1;", "public long Say() => 1;", "_ = x.Say();", "int Acme.X.Say()")]
    [InlineData("public static void Go() { }", "public void Go() { }", "X.Go();", "void Acme.X.Go()")]
    [InlineData("public X(int a) { } public X() { }", "", "_ = new X(1);", "new Acme.X(int)")]
    [InlineData("public int Count;", "public int Count { get; set; }", "x.Count = 1;", "int Acme.X.Count")]
    [InlineData("public int Count { get; set; }", "public int Count { get; }", "x.Count = 1;", "int Acme.X.Count { set; }")]
    [InlineData("public int Count { get; set; }", "public int Count { get; init; }", "x.Count = 1;", "int Acme.X.Count { set; }")]
    [InlineData("public int Count => 1;", "", "_ = x.Count;", "int Acme.X.Count { get; }")]
    [InlineData("public void Go() { }", "internal void Go() { }", "x.Go();", "void Acme.X.Go()")]
    [InlineData("public T Of<T>(T[] a, Y<T> b) => a[0];", "", "x.Of<int>([], null!);", GenericMethod)]
    [InlineData("public void By(ref int a, int? b, int[,] c) { }", "", "x.By(ref I, 1, null!);", "void Acme.X.By(ref int, int?, int[,])")]
    [InlineData("public event System.Action? Done;", "", "x.Done += () => { };", "void Acme.X.add_Done(System.Action)")]
    public void A_member_that_the_locked_version_lacks_is_found(string compiled, string locked, string use, string expected)
    {
        var missing = Assert.Single(Compare(
            $"namespace Acme; public class Y<T> {{ }} public class X {{ {compiled} }}",
            $"namespace Acme; public class Y<T> {{ }} public class X {{ {locked} }}",
            Program(use)));

        Assert.Equal(expected, missing.Member);
        Assert.Equal(["Flow.Train"], missing.ReferredBy);
        Assert.Equal(
            ("Acme", new Version(2, 0, 0, 0), new Version(1, 0, 0, 0)), (missing.Assembly, missing.CompiledAgainst, missing.Locked));
    }

    [Theory]
    [InlineData("public class New { }", "", "_ = new New();", "Acme.New")]
    [InlineData("public class Box<T, U> { public void Go() { } }", "", "new Box<int, X>().Go();", "Acme.Box<T0, T1>")]
    [InlineData("public class New { }", "internal class New { }", "_ = new New();", "Acme.New")]
    [InlineData("public class New { public class Inner { } }", "public class New { }", "_ = new New.Inner();", "Acme.New.Inner")]
    [InlineData("public class New { public class Inner { } }", "", "_ = new New(); _ = new New.Inner();", "Acme.New")]
    [InlineData("public class New { }", "", "_ = new System.Collections.Generic.List<New>();", "Acme.New")]
    [InlineData("public class New { }", "", "System.Console.WriteLine(typeof(New));", "Acme.New")]
    public void A_type_that_the_locked_version_lacks_is_found_once(string compiled, string locked, string use, string expected)
    {
        var missing = Assert.Single(Compare(
            $"namespace Acme; public class X {{ }} {compiled}", $"namespace Acme; public class X {{ }} {locked}", Program(use)));

        Assert.Equal(expected, missing.Member);
        Assert.Equal(["Flow.Train"], missing.ReferredBy);
    }

    [Theory]
    [InlineData(
        "public class Low { } public class X : Low { public void Go() { } }",
        "public class Low { public void Go() { } } public class X : Low { }",
        "x.Go();")]
    [InlineData(
        "public class X { public string Go(string a) => a; }",
        "public class Low<T> { public T Go(T a) => a; } public class X : Low<string> { }",
        "x.Go(\"\");")]
    [InlineData(
        "public class X { public string[] Go() => []; }",
        "public class A<T> { public T Go() => default!; } public class B<U> : A<U[]> { } public class X : B<string> { }",
        "x.Go();")]
    [InlineData("public class X { public override string ToString() => \"\"; }", "public class X { }", "_ = x.ToString();")]
    [InlineData(
        "public class X : System.Collections.Generic.List<int> { public new void Clear() { } }",
        "public class X : System.Collections.Generic.List<int> { }",
        "x.Clear();")]
    [InlineData(
        "public class X { public void Go(int a) { } }",
        "public class X { public void Go(long a) { } public void Go(int a) { } }",
        "x.Go(1);")]
    [InlineData(
        "public class X { public int Get() => 1; public string Name = \"\"; }",
        "public class X { public string Name = \"\"; public void More() { } public int Get() => 2; }",
        "_ = x.Get() + x.Name;")]
    public void What_the_locked_version_has_elsewhere_is_not_missing(string compiled, string locked, string use)
        => Assert.Empty(Compare($"namespace Acme; {compiled}", $"namespace Acme; {locked}", Program(use)));

    [Fact]
    public void A_constructor_of_a_base_type_is_another_one()
        => Assert.Equal(
            "new Acme.X(int)",
            Assert.Single(Compare(
                "namespace Acme; public class X { public X() { } public X(int a) { } }",
                "namespace Acme; public class Low { public Low() { } public Low(int a) { } } public class X : Low { }",
                Program("_ = new X(1);"))).Member);

    [Fact]
    public void Types_that_moved_to_another_assembly_are_followed()
    {
        const string Before = "namespace Acme; public class X { public void Go() { } public class In { public int A; } }";
        var compiled = _folder.Compile("new", "Acme", "2.0.0.0", Before);
        var moved = _folder.Compile("old", "Acme.Core", "3.0.0.0", "namespace Acme; public class X { public class In { public int A; } }");
        var facade = _folder.Compile(
            "old", "Acme", "3.0.0.0", "[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(Acme.X))]", moved);
        var program = _folder.Compile("app", "Flow", "1.0.0.0", Program("_ = new X.In().A; x.Go();"), compiled);

        Assert.Equal("void Acme.X.Go()", Assert.Single(MemberComparison.Compare(program, [facade, moved])).Member);

        // Nobody knows what an assembly has that is not there.
        Assert.Empty(MemberComparison.Compare(program, [facade]));
    }

    [Fact]
    public void Members_of_base_types_in_other_packages_are_found()
    {
        var low = _folder.Compile("new", "Low", "1.0.0.0", "namespace Low; public class Y { public void Go() { } }");
        var without = _folder.Compile("old", "Low", "1.0.0.0", "namespace Low; public class Y { }");
        var compiled = _folder.Compile(
            "new", "Acme", "2.0.0.0", "namespace Acme; public class X : Low.Y { public new void Go() { } }", low);
        var locked = _folder.Compile("old", "Acme", "1.0.0.0", "namespace Acme; public class X : Low.Y { }", low);
        var program = _folder.Compile("app", "Flow", "1.0.0.0", Program("x.Go();"), compiled, low);

        Assert.Empty(MemberComparison.Compare(program, [locked, low]));
        Assert.Empty(MemberComparison.Compare(program, [locked]));
        Assert.Equal("Acme", Assert.Single(MemberComparison.Compare(program, [locked, without])).Assembly);
    }

    [Fact]
    public void Lambdas_iterators_and_asynchronous_methods_count_for_the_method_of_the_author()
    {
        const string Code = """
            using Acme;
            using System.Collections.Generic;
            using System.Threading.Tasks;
            namespace Flows;
            public class Flow<T>
            {
                async Task Train(X x) { await Task.Yield(); x.Go(); }
                IEnumerable<int> Many(X x) { yield return 1; x.Go(); }
                void Lambda(X x) { System.Action a = () => { void Local() => x.Go(); Local(); }; a(); }
                void Plain() { }
                class Inner { public Inner(X x) => x.Go(); }
            }
            """;
        var missing = Assert.Single(Compare(
            "namespace Acme; public class X { public void Go() { } }", "namespace Acme; public class X { }", Code));

        Assert.Equal(["Flows.Flow.Inner..ctor", "Flows.Flow.Lambda", "Flows.Flow.Many", "Flows.Flow.Train"], missing.ReferredBy);
    }

    [Fact]
    public void A_type_that_only_declarations_name_is_missing_too()
    {
        var missing = Assert.Single(Compare(
            "namespace Acme; public class X { } public interface INew { }",
            "namespace Acme; public class X { }",
            "class Flow : Acme.INew { }"));

        Assert.Equal("Acme.INew", missing.Member);
        Assert.Empty(missing.ReferredBy);
    }

    [Fact]
    public void Friends_may_use_what_is_internal()
        => Assert.Empty(Compare(
            "namespace Acme; public class X { public void Go() { } }",
            "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Flow\")]"
            + "namespace Acme; internal class X { internal void Go() { } }",
            Program("x.Go();")));

    [Fact]
    public void Assemblies_that_are_not_locked_are_not_compared()
    {
        var compiled = _folder.Compile("new", "Acme", "2.0.0.0", "namespace Acme; public class X { public void Go() { } }");
        var program = _folder.Compile("app", "Flow", "1.0.0.0", Program("x.Go();"), compiled);
        var other = _folder.Compile("old", "Other", "1.0.0.0", "public class Other { }");

        Assert.Empty(MemberComparison.Compare(program, [other]));
    }

    [Fact]
    public void Files_that_are_no_assemblies_have_no_say()
    {
        var text = Path.Combine(_folder.FullName, "Acme.dll");
        File.WriteAllText(text, "MZ, but nothing else");
        var compiled = _folder.Compile("new", "Acme", "2.0.0.0", "namespace Acme; public class X { public void Go() { } }");
        var program = _folder.Compile("app", "Flow", "1.0.0.0", Program("x.Go();"), compiled);

        Assert.Empty(MemberComparison.Compare(program, [text]));
        Assert.Empty(MemberComparison.Compare(text, [compiled]));
    }

    [Fact]
    public void Damaged_assemblies_end_without_an_error()
    {
        const string Code = "namespace Acme; public class Y<T> { public T? Of; } public class X : Y<int> { public void Go(int a) { } }";
        var compiled = _folder.Compile("new", "Acme", "2.0.0.0", Code);
        var program = _folder.Compile("app", "Flow", "1.0.0.0", Program("x.Go(1); _ = x.Of; _ = new Y<string>();"), compiled);
        var random = new Random(3);
        foreach (var (damaged, isProgram) in new[] { (program, true), (compiled, false) })
        {
            var bytes = File.ReadAllBytes(damaged);
            var copy = Path.Combine(_folder.FullName, Path.GetFileName(damaged));
            for (var round = 0; round < 300; round++)
            {
                byte[] changed = [.. bytes];
                for (var times = random.Next(1, 6); times > 0; times--)
                {
                    // Behind the headers lie instructions and metadata.
                    changed[random.Next(0x200, changed.Length)] = (byte)random.Next(256);
                }

                File.WriteAllBytes(copy, changed);
                _ = MemberComparison.Compare(isProgram ? copy : program, [isProgram ? compiled : copy]);
            }
        }
    }

    [Fact]
    public void The_assemblies_of_this_process_lack_nothing_of_each_other()
    {
        string[] own = Directory.GetFiles(AppContext.BaseDirectory, "*.dll");
        string[] all = [.. own, .. Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll")];
        var start = Stopwatch.GetTimestamp();

        Assert.Equal([], own.SelectMany(file => MemberComparison.Compare(file, all)));


        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static string Program(string use)
        => $$"""using Acme; class Flow { static int I; void Train(X x) { {{use}} } }""";

    private IReadOnlyList<MissingMember> Compare(string compiled, string locked, string program)
    {
        var reference = _folder.Compile("new", "Acme", "2.0.0.0", compiled);
        return MemberComparison.Compare(
            _folder.Compile("app", "Flow", "1.0.0.0", program, reference), [_folder.Compile("old", "Acme", "1.0.0.0", locked)]);
    }
}
