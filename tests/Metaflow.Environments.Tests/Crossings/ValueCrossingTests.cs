using Metaflow.Environments.Crossings;
using Metaflow.Environments.Tests.Checks;

namespace Metaflow.Environments.Tests.Crossings;

/// <summary>Which values of one version of a type cannot be read with another version, by the rules of the serializer.</summary>
public sealed class ValueCrossingTests : IDisposable
{
    private readonly AssemblyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        "public class X { public int A { get; set; } }",
        "public class X { public int A { get; set; } public required string B { get; set; } }",
        ".B")]
    [InlineData("public record X(int A);", "public record X(int A, string B);", ".B")]
    [InlineData("public record X(int A);", "public record X(int A, int B);", ".B")]
    [InlineData("public record struct X(int A);", "public record struct X(int A, int B);", ".B")]
    [InlineData("public class X { public int A; }", "public class X { public string A = \"\"; }", ".A")]
    [InlineData("public class X { public string A { get; set; } = \"\"; }", "public class X { public int A { get; set; } }", ".A")]
    [InlineData("public class X { public string? A { get; set; } }", "public class X { public int A { get; set; } }", ".A")]
    [InlineData("public class X { public double A { get; set; } }", "public class X { public int A { get; set; } }", ".A")]
    [InlineData("public class X { public decimal A { get; set; } }", "public class X { public double A { get; set; } }", ".A")]
    [InlineData("public class X { public System.Guid A { get; set; } }", "public class X { public System.DateTime A { get; set; } }", ".A")]
    [InlineData(
        "public class X { public Y A { get; set; } = new(); } public class Y { }",
        "public class X { public int A { get; set; } }",
        ".A")]
    [InlineData(
        "public class X { public List<int> A { get; set; } = []; }",
        "public class X { public Y A { get; set; } = new(); } public class Y { }",
        ".A")]
    [InlineData(
        "public class X { public Y A { get; set; } = new(); } public class Y { }",
        "public class X { public Y A { get; set; } = null!; } public class Y { public required int B { get; set; } }",
        ".A.B")]
    [InlineData("public class X { public (int, int) A; }", "public class X { public (int, int, int) A; }", ".A")]
    [InlineData("public class X { public int A { get; set; } }", "public abstract class X { public int A { get; set; } }", "")]
    [InlineData(
        "public class X { public int A { get; set; } }",
        "public class X { public int A { get; } public X(int other) => A = other; }",
        "")]
    [InlineData(
        "public class X { public int Learning { get; set; } }",
        "public class X { public int Learnings { get; set; } }",
        ".Learnings")]
    [InlineData("public class X { public E A { get; set; } } public enum E { One }", "public class X { public int A { get; set; } }", ".A")]
    public void What_no_value_can_be_read_into_is_certain(string written, string read, string member)
    {
        var problem = Compare(written, read)[0];

        Assert.True(problem.IsCertain, problem.Reason);
        Assert.Equal(member, problem.Member);
        Assert.Contains("Acme 1.0.0", problem.Reason + " Acme 1.0.0 lacks a constructor", StringComparison.Ordinal);
        Assert.Contains("Acme 2.0.0", problem.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "public class X { public List<Y> A { get; set; } = []; } public class Y { }",
        "public class X { public List<Y> A { get; set; } = []; } public record Y(int B);",
        ".A[].B")]
    [InlineData(
        "public class X { public Y? A { get; set; } } public class Y { }",
        "public class X { public Y? A { get; set; } } public record Y(int B);",
        ".A.B")]
    [InlineData(
        "public class X { public Dictionary<string, Y> A { get; set; } = []; } public class Y { }",
        "public class X { public Dictionary<string, Y> A { get; set; } = []; } public record Y(int B);",
        ".A[].B")]
    [InlineData("public class X { public int? A { get; set; } }", "public class X { public string? A { get; set; } }", ".A")]
    [InlineData(
        "public class X { public E A { get; set; } } public enum E { One, Two }",
        "public class X { public E A { get; set; } } public enum E { Two }",
        ".A")]
    [InlineData(
        "public class X { public Y A { get; set; } = null!; } public class Y { }",
        "public class X { public Y A { get; set; } = null!; } public class Y { public required int B { get; set; } }",
        ".A.B",
        false)]
    public void What_may_be_absent_is_not_certain(string written, string read, string member, bool isAnnotated = true)
    {
        var problem = Assert.Single(Compare(written, read, isAnnotated: isAnnotated));

        Assert.False(problem.IsCertain, problem.Reason);
        Assert.Equal(member, problem.Member);
    }

    [Theory]
    [InlineData(
        "public class X { public int A { get; set; } }",
        "public class X { public int A { get; set; } public string B { get; set; } = \"\"; }")]
    [InlineData("public record X(int A);", "public record X(int A, string? B, int C = 1);")]
    [InlineData("public record X(int A, string B);", "public record X(int A);")]
    [InlineData("public class X { public int A { get; set; } }", "public record struct X(long A);")]
    [InlineData(
        "public class X { public long A; public float B; public int C; }",
        "public class X { public byte A; public double? B; public decimal C; }")]
    [InlineData("public class X { public E A; } public enum E { One }", "public class X { public string A = \"\"; }")]
    [InlineData("public class X { public E A; } public enum E { One }", "public class X { public E A; } public enum E { Two, ONE }")]
    [InlineData("public class X { public List<int> A = []; }", "public class X { public long[] A = []; }")]
    [InlineData("public class X { public int A; }", "public class X { public object A = 1; }")]
    [InlineData(
        "public class X { public X? Next; public List<X> All = []; }",
        "public class X { public X? Next; public List<X> All = []; public int B; }")]
    [InlineData(
        "public class X { public Y A { get; set; } = new(); } public class Y { }",
        "public class X { public Dictionary<string, int> A { get; set; } = []; }")]
    [InlineData("public class X : List<int> { public int A; }", "public class X : List<int> { public required int B; }")]
    [InlineData(
        "public class X { }",
        "public class X { public X() { } [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public X(int a) { } internal int B; }")]
    [InlineData("public class X<T> { public T A = default!; }", "public class X<T> { public T A = default!; public T? B; }")]
    [InlineData(
        "public class X { public int A { get; set; } }",
        "public class Low { public int A { get; set; } } public class X : Low { }")]
    public void What_can_be_read_is_no_problem(string written, string read)
        => Assert.Empty(Compare(written, read, written.Contains("X<T>", StringComparison.Ordinal) ? "X<string>" : "X"));

    [Fact]
    public void A_type_that_a_version_lacks_is_named()
    {
        var problem = Assert.Single(Compare("public class X { } public class Y { }", "public class Y { }"));

        Assert.Equal("Acme 2.0.0 has no type 'Acme.X'.", problem.Reason);
    }

    [Fact]
    public void Members_of_the_authors_own_types_are_followed_into_the_packages()
    {
        const string Own = "public class Own { public Acme.X X { get; set; } = new(); }";

        Assert.Equal(".X.B", Compare("public class X { }", "public class X { public required int B { get; set; } }", "Own", Own)[0].Member);
    }

    [Theory]
    [InlineData("public class X { [Metaflow.FormerArtifactName(\"Old\")] public required int A { get; set; } }")]
    [InlineData("public class X { [Metaflow.Serialization.ArtifactKey(\"old\")] public required int A { get; set; } }")]
    [InlineData("public class X { [Metaflow.Serialization.ArtifactIgnore] public string Old { get; set; } = \"\"; }")]
    public void The_marks_of_the_serializer_count(string read)
        => Assert.Empty(Compare("public class X { public int Old { get; set; } }", read));

    private IReadOnlyList<CrossingProblem> Compare(string written, string read, string type = "X", string own = "", bool isAnnotated = true)
    {
        const string Marks = """
            namespace Metaflow { public class FormerArtifactNameAttribute(string a) : System.Attribute { public string A => a; } }
            namespace Metaflow.Serialization
            {
                public class ArtifactKeyAttribute(string a) : System.Attribute { public string A => a; }
                public class ArtifactIgnoreAttribute : System.Attribute { }
            }
            """;
        var usings = isAnnotated ? "using System.Collections.Generic;" : "#nullable disable";
        var (first, second) = (
            _folder.Compile("1", "Acme", "1.0.0.0", $"\n{usings}\nnamespace Acme {{ {written} \n }} {Marks}"),
            _folder.Compile("2", "Acme", "2.0.0.0", $"\n{usings}\nnamespace Acme {{ {read} \n }} {Marks}"));
        var flow = _folder.Compile(
            "flow", "Flow", "1.0.0.0", $"using Acme; public class Flow {{ public {type} Where {{ get; set; }} = default!; }} {own}", first);
        using var from = new StepAssemblies(new Dictionary<string, string> { [first] = "Acme 1.0.0" }, [flow], NoPackages);
        using var to = new StepAssemblies(new Dictionary<string, string> { [second] = "Acme 2.0.0" }, [flow], NoPackages);
        return new ValueCrossing(from, to).Compare(TypeIn(from), TypeIn(to), mayBeNull: false);
    }

    private static readonly Dictionary<string, string> NoPackages = [];

    private static StoredType TypeIn(StepAssemblies step)
    {
        var assembly = step.Set.Find("Flow")!;
        var flow = new StoredTypeReader(step.Set, assembly).Of(assembly.TypeOf("", "Flow"), null);
        return RecordMembers.Property(flow, "Where", step.Set)!.Type;
    }
}
