using System.Text;
using Metaflow.Errors;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Serialization;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>What the analyzer says of a type is what the serializer says of its objects.</summary>
public sealed class LostMemberTests
{
    private const int TypesOfOneSource = 60;

    private static readonly string[] Members =
    [
        "public int M# { get; set; }",
        "public int M# { get; private set; }",
        "public int M# { get; init; }",
        "public int M#;",
        "public List<int> M# { get; set; } = [];",
        "public (int, string?) M# { get; set; }",
        "public static int S#; private const int K# = 1;",
        "private int f#; public int Use#() => f#;",
        "internal int M# { get; set; }",
        "protected int M# { get; set; }",
        "public int M# { private get; set; }",
        "private int f#; public int M# { get => f#; set => f# = value; }",
        "public event Action? E#;",
        "[field: ArtifactIgnore] public event Action? E#;",
        "[ArtifactIgnore] private int f#; public int Use#() => f#;",
        "[ArtifactIgnore] public int M# { get; set; }",
        "[field: ArtifactIgnore] internal int M# { get; set; }",
        "public virtual int Shared { get; set; }",
        "internal readonly int F#;",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_analyzer_and_the_serializer_agree_about_types_made_at_random(int seed)
    {
        var flow = FlowCompilation.Of(Source(new Random(seed)));
        Assert.Empty(flow.Problems().Where(problem => problem.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        var problems = (await flow.AnalyzeAsync()).Where(problem => problem.Id == "MF1049")
            .Select(problem => problem.GetMessage(null)).ToList();
        var types = flow.Load("F").GetType().Assembly;
        var (told, refused) = (new List<string>(), new List<string>());
        for (var i = 0; i < TypesOfOneSource; i++)
        {
            var message = problems.FirstOrDefault(problem => problem.StartsWith($"The artifact 'A{i}' ", StringComparison.Ordinal));
            var error = RefusalOf(Activator.CreateInstance(types.GetType($"T{i}", throwOnError: true)!)!);
            if (message is not null)
            {
                told.Add($"T{i}");
            }

            if (error is not null)
            {
                refused.Add($"T{i}");
            }
        }

        Assert.Equal(refused, told);
        Assert.InRange(told.Count, 5, TypesOfOneSource - 5);
    }

    [Theory]
    [InlineData("public class T(int x) { public int X => x; }")]
    [InlineData("public struct T(int x) { public int X() => x; }")]
    public async Task A_parameter_of_a_primary_constructor_is_told_as_the_author_wrote_it(string type)
    {
        var flow = FlowCompilation.Of(
            $"{type} public partial class F : FlowSpec {{ public partial T A {{ get; set; }} [Step] Transition Start() => Next(End); "
                + $"[Step] void End() {{ }} }}");
        Assert.Empty(flow.Problems().Where(problem => problem.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        Assert.Contains(
            "of which the constructor's parameter 'x' would be lost",
            Assert.Single(await flow.AnalyzeAsync(), problem => problem.Id == "MF1049").GetMessage(null),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MF1038", "Lazy<int> M { get; set; } = new(1);")]
    [InlineData("MF1038", "WeakReference<string> M { get; set; } = new(\"\");")]
    [InlineData("MF1038", "WeakReference M { get; set; } = new(1);")]
    [InlineData("MF1038", "List<Func<int>> M { get; set; } = [() => 1];")]
    [InlineData("MF1038", "Stream M => Stream.Null;")]
    [InlineData("MF1038", "Type M = typeof(int);")]
    [InlineData("MF1038", "Part M { get; set; } = new();")]
    [InlineData("MF1056", "Enum M { get; set; } = DayOfWeek.Friday;")]
    [InlineData("MF1056", "List<Enum> M { get; set; } = [DayOfWeek.Friday];")]
    [InlineData("MF1051", "int UserId2 { get; set; } public int user_id2 { get; set; }")]
    [InlineData("MF1051", "int A { get; set; } [ArtifactKey(\"a\")] public int B;")]
    [InlineData(null, "int UserId { get; set; } [ArtifactKey(\"other\")] public int user_id { get; set; }")]
    [InlineData(
        null,
        "int UserId { get; set; } [ArtifactIgnore] public int user_id { get; set; } [ArtifactIgnore] public Lazy<int>? L { get; set; } "
            + "public Lazy<int> Made() => new(1); public static Stream S => Stream.Null;")]
    [InlineData(null, "DayOfWeek M { get; set; } public ValueType? V { get; set; } public Array? B { get; set; }")]
    public async Task The_analyzer_tells_of_members_that_the_serializer_refuses(string? code, string member)
    {
        var flow = FlowCompilation.Of($$"""
            using Metaflow.Serialization;
            public class Part { public Lazy<int> L { get; set; } = new(1); }
            public class T { public {{member}} }
            public partial class F : FlowSpec { public partial List<T> A { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { } }
            """);
        Assert.Empty(flow.Problems().Where(problem => problem.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        var told = (await flow.AnalyzeAsync()).Where(problem => problem.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error)
            .Select(problem => problem.Id);
        Assert.Equal(code is null ? [] : [code], told);
        var value = Activator.CreateInstance(flow.Load("F").GetType().Assembly.GetType("T", throwOnError: true)!)!;
        var refusal = Record.Exception(() => ArtifactSerializer.Serialize(value, value.GetType()));
        Assert.True(code is null ? refusal is null : refusal is StorageException, refusal?.Message ?? "it was stored");
    }

    private static string? RefusalOf(object value)
    {
        try
        {
            ArtifactSerializer.Serialize(value, value.GetType());
            return null;
        }
        catch (StorageException exception)
        {
            Assert.Equal(ErrorCodes.StateWouldBeLost, exception.Code);
            return exception.Message;
        }
    }

    private static string Hiding(string body, bool isVirtual)
        => body.Replace(
            "public virtual int Shared", isVirtual ? "public new virtual int Shared" : "public new int Shared", StringComparison.Ordinal);

    private static string OfStructure(string body)
        => body.Replace("virtual ", "", StringComparison.Ordinal).Replace("protected ", "private ", StringComparison.Ordinal);

    private static string Source(Random random)
    {
        var source = new StringBuilder();
        var bases = new List<int>();
        for (var i = 0; i < TypesOfOneSource; i++)
        {
            var members = Enumerable.Range(0, random.Next(0, 3)).Select(n => (Index: n, Text: Members[random.Next(Members.Length)]))
                .DistinctBy(member => member.Text)
                .Select(member => member.Text.Replace("#", $"{i}_{member.Index}", StringComparison.Ordinal));
            var body = string.Join(' ', members);
            var form = random.Next(8);
            if (form is 0 or 1 or 2)
            {
                bases.Add(i);
            }

            source.AppendLine(form switch
            {
                0 or 1 => $"public class T{i} {{ {body} }}",
                2 when bases.Count > 1 => $"public class T{i} : T{bases[^2]} {{ {Hiding(body, random.Next(2) == 0)} }}",
                3 => $"public struct T{i} {{ public T{i}() {{ }} {OfStructure(body)} }}",
                4 =>
                    $"public class T{i}(int p) {{ public T{i}() : this(1) {{ }} "
                        + $"{(random.Next(2) == 0 ? "public int P() => p;" : "public int P { get; set; } = p;")} {body} }}",
                5 => $"[ArtifactByPublicMembers] public class T{i} {{ {body} }}",
                6 => $"public class T{i} : List<int> {{ {body} }}",
                7 when bases.Count > 0 =>
                    $"public class T{i} {{ public T{bases[random.Next(bases.Count)]} Part {{ get; set; }} = new(); {body} }}",
                _ => $"public record T{i} {{ {body} }}",
            });
        }

        var artifacts = string.Join('\n', Enumerable.Range(0, TypesOfOneSource).Select(i => $"public partial T{i} A{i} {{ get; set; }}"));
        return $"using Metaflow.Serialization;\n{source}public partial class F : FlowSpec {{ {artifacts} [Step] Transition Start() => "
            + $"Next(End); [Step] void End() {{ }} }}";
    }
}
