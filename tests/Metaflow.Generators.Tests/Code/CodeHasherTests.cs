using Metaflow.Code;
using Metaflow.Services;

namespace Metaflow.Generators.Tests.Code;

/// <summary>Edits a flow's source and looks at which steps' identities change.</summary>
public sealed class CodeHasherTests : IDisposable
{
    private const string Source = """
        public record Movie(string Title, int Year)
        {
            public double Score { get; init; } = 1.5;
        }

        public interface IRule { bool Holds(Movie movie); }

        public sealed class RecentRule : IRule { public bool Holds(Movie movie) => movie.Year > 2000; }

        public static class Tools
        {
            private static readonly int[] Primes = [2, 3, 5, 7, 11];
            public static int Sum(IEnumerable<int> items) => items.Sum(item => item * 2);
            public static int Unused() => 42;
            public static int Prime(int index) => Primes[index];
            public static IEnumerable<int> Count() { yield return 1; yield return 2; }
        }

        public partial class EditedFlow : FlowSpec
        {
            private readonly int _offset = 7;
            public const int Limit = 3;
            [Parameter(Default = 1)] public partial int Alpha { get; }
            public partial List<int> Items { get; set; }
            public partial int Total { get; set; }
            public partial Movie Best { get; set; }

            [Step]
            Transition Start()
            {
                Items = Enumerable.Range(0, 10).Where(i => i % 2 == 0).ToList();
                return Next(Middle);
            }

            [Step, Retry]
            async Task<Transition> Middle()
            {
                await Task.Yield();
                Total = Tools.Sum(Items) + Local(1);
                return Next(Judge);

                int Local(int x) => x + Limit;
            }

            [Step]
            Transition Judge()
            {
                IRule rule = new RecentRule();
                Best = new Movie("Heat", 1995 + _offset);
                Console.WriteLine(rule.Holds(Best));
                return Next(Last);
            }

            [Step]
            Transition Last() { Total += Tools.Prime(2) + Tools.Count().Sum(); return Next(End); }

            [Step]
            void End() => Console.WriteLine($"{Total}");
        }
        """;

    private const string ServedSource = """
        public interface IClock { int Hour { get; } }

        public sealed class NoonClock : IClock { public int Hour => 12; }

        public sealed class MidnightClock : IClock { public int Hour => Midnights.Midnight(); }

        public static class Midnights { public static int Midnight() => 0; }

        public sealed class MyServices : IFlowServices, IServiceProvider
        {
            public IServiceProvider Build() => this;
            public object? GetService(Type type) => type == typeof(IClock) ? new NoonClock() : new object();
        }

        public sealed class OtherServices : IFlowServices, IServiceProvider
        {
            public IServiceProvider Build() => this;
            public object? GetService(Type type) => new MidnightClock();
        }

        [FlowServices(typeof(MyServices))] public partial class ServedFlow : FlowSpec
        {
            [Service] public partial IClock Clock { get; }
            public partial int Hour { get; set; }

            [Step]
            Transition Start() { Hour = Clock.Hour; return Next(Middle); }

            [Step]
            Transition Middle() => Next(End);

            [Step]
            void End() => Console.WriteLine("done");
        }
        """;

    private const string Converters = """
        public class FirstConverter : JsonConverter<object>
        {
            public override object Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new();
            public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) => writer.WriteStringValue("A");
        }

        public class OtherConverter : FirstConverter;
        """;

    private const string Accessor =
        "[System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Method, Name = \"A\")]";
    private static readonly string[] CaseSteps = ["start", "end"];
    private static readonly string[] Steps = ["start", "middle", "judge", "last", "end"];
    private readonly FlowIdentities _flows = new();

    public static TheoryData<string, string, string> Edits => new()
    {
        { "% 2 == 0", "% 3 == 0", "start" },
        { "Enumerable.Range(0, 10)", "Enumerable.Range(0, 11)", "start" },
        { "item * 2", "item * 3", "middle" },
        { "x + Limit", "x - Limit", "middle" },
        { "await Task.Yield();", "await Task.Delay(1);", "middle" },
        { "const int Limit = 3", "const int Limit = 4", "middle" },
        { "movie.Year > 2000", "movie.Year > 2001", "judge" },
        { "_offset = 7", "_offset = 8", "judge" },
        { "init; } = 1.5", "init; } = 2.5", "judge" },
        { "public double Score", "[System.ComponentModel.Description(\"x\")] public double Score", "judge" },
        { "[2, 3, 5, 7, 11]", "[2, 3, 5, 7, 13]", "last" },
        { "yield return 2;", "yield return 3;", "last" },
        { "{Total}\"", "{Total}!\"", "end" },
        { "return Next(Judge);", "return Next(Last);", "middle" },

        // The flow's constructor makes every artifact: a step that uses an ordinary field of the flow depends on all of it.
        { "public partial int Total", "[Artifact(Name = \"sum\")] public partial int Total", "middle judge last end" },
        {
            "public partial Movie Best { get; set; }", "public partial Movie Best { get; set; } public partial int More { get; set; }",
            "judge"
        },
        { "int Unused() => 42", "int Unused() => 43", "" },
        { "[Step, Retry]", "[Step, Retry(Times = 1)]", "" },
        { "[Step, Retry]", "[Step, Catch]", "middle" },
        { "    Transition Judge()", "    // A comment.\n\n    Transition Judge()", "" },
        { "IRule rule = new RecentRule();", "IRule other = new RecentRule(); var rule = other;", "judge" },
        {
            "    [Step]\n    Transition Start()",
            "    private int Before() => Items.Where(i => i > 5).Count();\n\n    [Step]\n    Transition Start()", ""
        },
        {
            "Console.WriteLine(rule.Holds(Best));",
            "Console.WriteLine(rule.Holds(Best)); Console.WriteLine(typeof(Movie).GetMethods().Length);", "judge"
        },
    };

    [Theory, MemberData(nameof(Edits))]
    public void An_edit_changes_the_identity_of_the_steps_that_reach_it_and_of_no_other(string old, string replacement, string changed)
    {
        Assert.Contains(old, Source, StringComparison.Ordinal);
        var before = IdentitiesOf(Source);
        var after = IdentitiesOf(Source.Replace(old, replacement, StringComparison.Ordinal));

        Assert.Equal(changed, string.Join(' ', Steps.Where(step => before[step] != after[step])));
    }

    [Fact]
    public void What_a_step_reaches_is_hashed_method_by_method()
        => Assert.All(IdentitiesOf(Source), identity => Assert.Matches("^code:[0-9a-f]{64}$", identity.Value));

    [Theory]
    [InlineData("Console.WriteLine(Type.GetType(\"Tools\")!.GetMethods().Length);")]
    [InlineData("Console.WriteLine(Activator.CreateInstance(typeof(RecentRule)));")]
    [InlineData("System.Linq.Expressions.Expression<Func<int>> e = () => Tools.Unused(); Console.WriteLine(e.Compile()());")]
    public void A_step_that_finds_code_by_reflection_has_the_identity_of_the_whole_assembly(string statement)
    {
        var edited = IdentitiesOf(Source.Replace("return Next(Middle);", statement + " return Next(Middle);", StringComparison.Ordinal));

        Assert.StartsWith("assembly:", edited["start"], StringComparison.Ordinal);
        Assert.StartsWith("code:", edited["end"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_flow_s_step_has_its_identity_in_the_derived_flow_and_an_override_has_its_own()
    {
        var derived = Source + """

            public partial class ChildFlow : EditedFlow
            {
                [Step] protected override Transition Start() => Next(End);
            }
            """;
        derived = derived.Replace("Transition Start()\n    {", "protected virtual Transition Start()\n    {", StringComparison.Ordinal)
            .Replace("void End() =>", "protected void End() =>", StringComparison.Ordinal);
        var parent = IdentitiesOf(derived);
        var child = IdentitiesOf(derived, "ChildFlow");

        Assert.Equal("start", string.Join(' ', Steps.Where(step => parent[step] != child[step])));
    }

    [Theory]
    [InlineData("Hour => 12", "Hour => 13", "start")]
    [InlineData("new NoonClock()", "new MidnightClock()", "start")]
    [InlineData("[FlowServices(typeof(MyServices))] public", "[FlowServices(typeof(OtherServices))] public", "start middle end")]
    [InlineData("[FlowServices(typeof(MyServices))] public", "public", "start middle end")]
    public void A_step_that_asks_for_a_service_has_the_code_that_makes_it(string old, string replacement, string changed)
    {
        Assert.Contains(old, ServedSource, StringComparison.Ordinal);
        var before = IdentitiesOf(ServedSource, "ServedFlow", ["start", "middle", "end"]);
        var after = IdentitiesOf(
            ServedSource.Replace(old, replacement, StringComparison.Ordinal), "ServedFlow", ["start", "middle", "end"]);

        Assert.Equal(changed, string.Join(' ', before.Keys.Where(step => before[step] != after[step])));
        Assert.StartsWith("code:", before["start"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_whose_services_a_host_hands_over_has_the_identity_of_the_whole_assembly()
    {
        var identities = IdentitiesOf(
            ServedSource,
            "ServedFlow",
            ["start", "middle", "end"],
            static flow => flow.Services = new FlowServiceSource(static () => null, isOwn: true));

        Assert.StartsWith("assembly:", identities["start"], StringComparison.Ordinal);
        Assert.StartsWith("code:", identities["middle"], StringComparison.Ordinal);
    }

    /// <summary>Cases of what a step depends on beside the instructions that it reaches: the source of the case, the statement of the step,
    /// and an edit.</summary>
    public static TheoryData<string, string, string, string> Declarations => new()
    {
        {
            "[JsonConverter(typeof(FirstConverter))] public class Probe; " + Converters, "JsonSerializer.Serialize(new Probe());",
            "typeof(FirstConverter)", "typeof(OtherConverter)"
        },
        {
            "[JsonConverter(typeof(FirstConverter))] public class Probe; " + Converters, "JsonSerializer.Serialize(new Probe());", "\"A\"",
            "\"C\""
        },
        {
            "public class Probe { [JsonConverter(typeof(FirstConverter))] public object? O { get; set; } } " + Converters,
            "JsonSerializer.Serialize(new Probe());", "\"A\"", "\"C\""
        },
        {
            "public class Probe { [JsonConverter(typeof(FirstConverter))] public object? O; } " + Converters,
            "Console.WriteLine(new Probe().O);", "\"A\"", "\"C\""
        },
        {
            "[JsonConverter(typeof(Generic<List<Inner>>))] public class Probe; public class Generic<T>; "
                + "public class Inner { public int X => 1; }",
            "Console.WriteLine(new Probe());", "X => 1", "X => 2"
        },
        {
            "[System.ComponentModel.TypeConverter(\"Named, FlowUnderTest\")] public class Probe; public class Named { public int X => 1; }",
            "Console.WriteLine(new Probe());", "X => 1", "X => 2"
        },
        {
            "[JsonDerivedType(typeof(Quad), \"c1\")] public class Probe; public class Quad : Probe;",
            "JsonSerializer.Serialize(new Probe());", "c1", "c2"
        },
        {
            "public class Probe { [JsonInclude, JsonPropertyName(\"a\")] public int Field = 1; }", "JsonSerializer.Serialize(new Probe());",
            "\"a\"", "\"b\""
        },
        { "public enum Kinds { [JsonStringEnumMemberName(\"one\")] First }", "Console.WriteLine(Kinds.First);", "\"one\"", "\"two\"" },
        {
            "public class Probe { public int A { get; set; } }", "JsonSerializer.Deserialize<Probe>(\"{}\");", "public int A",
            "public required int A"
        },
        { "public class Probe(int a) { public int A => 1; }", "JsonSerializer.Deserialize<Probe>(\"{}\");", "int a", "int a = 4" },
        {
            "public static class Probe { [System.ComponentModel.Description(\"a\")] public static void M() { } }", "Probe.M();", "\"a\"",
            "\"b\""
        },
        { "public class Hidden { private int A() => 1; private int B() => 2; } public static class Probe { " + Accessor
            + " public static extern int Get(Hidden h); }",
            "Console.WriteLine(Probe.Get(new Hidden()));", "Name = \"A\"", "Name = \"B\"" },
        {
            "public static class Probe { [DllImport(\"one\")] public static extern int Get(); }", "Console.WriteLine(Probe.Get());",
            "\"one\"", "\"two\""
        },
        {
            "public static class Probe { [DllImport(\"one\")] public static extern int Get(string text); }",
            "Console.WriteLine(Probe.Get(\"\"));", "(string", "([MarshalAs(UnmanagedType.LPWStr)] string"
        },
        {
            "[StructLayout(LayoutKind.Sequential, Pack = 8)] public struct Probe { public byte A; public double B; }",
            "Console.WriteLine(Marshal.SizeOf<Probe>());", "Pack = 8", "Pack = 1"
        },
        {
            "[StructLayout(LayoutKind.Explicit)] public struct Probe { [FieldOffset(0)] public byte A; [FieldOffset(8)] public byte B; }",
            "Console.WriteLine(Marshal.SizeOf<Probe>());", "(8)", "(4)"
        },
        {
            "[AttributeUsage(AttributeTargets.All)] public sealed class OwnAttribute : Attribute { public int X => 1; } "
                + "[Own] public class Probe;",
            "Console.WriteLine(new Probe());", "X => 1", "X => 2"
        },
        {
            "public partial class Kid : FlowSpec { public static int End(int x) => x * 5; [Step] void Start() { } }",
            "Console.WriteLine(Items().Select(Kid.End).Sum());", "x * 5", "x * 6"
        },
        { "", "Console.WriteLine(Items().Select((Func<int, int>)Start).Sum());", "x - 1", "x - 2" },

        // Serializers ask whether a member that is missing may be null.
        { "\n#nullable enable\npublic record Probe(string A);", "JsonSerializer.Deserialize<Probe>(\"{}\");", "string A", "string? A" },
        {
            "\n#nullable enable\npublic record Probe(List<string> A, string? B);", "JsonSerializer.Deserialize<Probe>(\"{}\");",
            "List<string>", "List<string?>"
        },
        {
            "\n#nullable enable\npublic class Probe { public required string A { get; set; } public object? B; }",
            "JsonSerializer.Deserialize<Probe>(\"{}\");", "string A", "string? A"
        },

        // Two halves of different pairs, which UTF-8 cannot tell apart.
        { "", "Console.WriteLine(\"\\ud800\".Length + (int)\"\\ud800\"[0]);", "(int)\"\\ud800\"", "(int)\"\\ud801\"" },
    };

    [Theory]
    [InlineData("public static string? M(string? x)", "public static string M(string x)")]
    [InlineData("List<string?> items", "List<string> items")]
    [InlineData("var text", "string? text")]
    [InlineData("return text!;", "return text;")]
    public void What_may_be_null_within_a_method_is_no_part_of_a_step(string old, string replacement)
    {
        var source = FlowIdentities.CaseOf(
            """

            #nullable enable
            #pragma warning disable CS8600, CS8603, CS8604, CS8619
            public static class Probe
            {
                public static string? M(string? x) { var text = x + "a"; return text!; }
                public static int N(List<string?> items) => items.Count;
            }
            """,
            "Console.WriteLine(Probe.M(\"a\") + Probe.N([]));");
        Assert.Contains(old, source, StringComparison.Ordinal);
        Assert.Equal(
            IdentitiesOf(source, "CaseFlow", CaseSteps),
            IdentitiesOf(source.Replace(old, replacement, StringComparison.Ordinal), "CaseFlow", CaseSteps));
    }

    [Theory, MemberData(nameof(Declarations))]
    public void What_is_declared_beside_code_is_part_of_the_steps_that_use_it(
        string declarations, string statement, string old, string replacement)
    {
        var source = FlowIdentities.CaseOf(declarations, statement);
        Assert.Contains(old, source, StringComparison.Ordinal);
        var before = IdentitiesOf(source, "CaseFlow", CaseSteps);
        var after = IdentitiesOf(source.Replace(old, replacement, StringComparison.Ordinal), "CaseFlow", CaseSteps);

        Assert.Equal("start", FlowIdentities.Changed(before, after));
        Assert.All(before.Values, static identity => Assert.StartsWith("code:", identity, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "public static class P { public static async Task Main(string[] args) { State.X = 7; await FlowProgram.RunAsync<CaseFlow>(args); "
            + "} }",
        "X = 7", "X = 8")]
    [InlineData(
        "public static class P { public static async Task Main(string[] args) { Environment.SetEnvironmentVariable(\"X\", \"7\"); "
            + "await FlowProgram.RunAsync<CaseFlow>(args); } }",
        "\"7\"", "\"8\"")]
    [InlineData(
        "public static class P { [System.Runtime.CompilerServices.ModuleInitializer] internal static void Go() => "
            + "State.All.Add(() => 7); }",
        "=> 7", "=> 8")]
    [InlineData(
        "[assembly: "
            + "System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.System32)]",
        "System32)", "UserDirectories)")]
    [InlineData(
        "public static class P;", "public partial int Factor { get; set; }",
        "public partial int Factor { get; set; } public CaseFlow() { Factor = 3; }")]
    [InlineData(
        "public static class P;", "class CaseFlow : FlowSpec",
        "class BaseFlow : FlowSpec { protected BaseFlow() { State.X = 3; } } public partial class CaseFlow : BaseFlow")]
    [InlineData(
        "public static class P;", "public partial int Factor { get; set; }",
        "public partial int Factor { get; set; } static CaseFlow() { State.X = 3; }")]
    public void What_runs_in_each_process_before_its_step_is_part_of_every_step(string declarations, string old, string replacement)
    {
        var source = FlowIdentities.CaseOf(declarations, "");
        Assert.Contains(old, source, StringComparison.Ordinal);
        var before = IdentitiesOf(source, "CaseFlow", CaseSteps);
        var after = IdentitiesOf(source.Replace(old, replacement, StringComparison.Ordinal), "CaseFlow", CaseSteps);

        Assert.Equal("start end", FlowIdentities.Changed(before, after));
        Assert.All(after.Values, static identity => Assert.StartsWith("code:", identity, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("RunAsync<CaseFlow>(args)", "Two { get; set; } = 2")]
    [InlineData("RunAsync(args, typeof(CaseFlow), typeof(OtherFlow))", "Two { get; set; } = 2")]
    [InlineData("RunAsync(args, typeof(CaseFlow), typeof(OtherFlow))", "\"x\"")]
    public void Flows_of_one_program_are_no_part_of_each_other(string call, string edited)
    {
        var source = FlowIdentities.CaseOf(
            "public static class P { public static async Task Main(string[] args) => await FlowProgram." + call + "; } "
                + "[System.ComponentModel.Description(\"x\")] public partial class OtherFlow : FlowSpec { int Two { get; set; } = 2; "
                + "[Step] void Start() => Console.WriteLine(Two); }", "");
        var before = IdentitiesOf(source, "CaseFlow", CaseSteps);
        var after = IdentitiesOf(
            source.Replace(
                edited,
                edited.Replace("2", "3", StringComparison.Ordinal).Replace("x", "y", StringComparison.Ordinal),
                StringComparison.Ordinal),
            "CaseFlow",
            CaseSteps);

        Assert.Equal("", FlowIdentities.Changed(before, after));
    }

    [Fact]
    public void The_texts_of_resources_are_part_of_the_steps_that_read_them()
    {
        var source = FlowIdentities.CaseOf(
            "", "Console.WriteLine(new System.Resources.ResourceManager(\"Messages\", typeof(CaseFlow).Assembly).GetString(\"x\"));");
        var before = IdentitiesOf(source, "CaseFlow", CaseSteps, text: "one");

        Assert.Equal("start", FlowIdentities.Changed(before, IdentitiesOf(source, "CaseFlow", CaseSteps, text: "two")));
        Assert.StartsWith("code:", before["start"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_hands_its_assembly_over_has_the_identity_of_the_whole_assembly()
    {
        var identities = IdentitiesOf(FlowIdentities.CaseOf("", "Console.WriteLine(typeof(CaseFlow).Assembly);"), "CaseFlow", CaseSteps);

        Assert.StartsWith("assembly:", identities["start"], StringComparison.Ordinal);
        Assert.StartsWith("code:", identities["end"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_decorator_that_is_given_with_a_run_has_an_identity_of_its_own()
    {
        var source = FlowIdentities.CaseOf("""
            public sealed class GivenAttribute : Metaflow.DecoratorAttribute, Metaflow.Decorators.IBeforeStepHook
            {
                public ValueTask BeforeStepAsync(Metaflow.Decorators.StepHookContext context) { context.SetArtifact("x", 7); return default; }
            }
            """, "");
        var before = IdentitiesOf(source, "CaseFlow", CaseSteps, decorator: "GivenAttribute");
        var after = IdentitiesOf(source.Replace("7", "8", StringComparison.Ordinal), "CaseFlow", CaseSteps, decorator: "GivenAttribute");

        Assert.Equal("[GivenAttribute]", FlowIdentities.Changed(before, after));
    }

    [Fact]
    public void The_switches_of_a_program_are_read_and_nothing_else_of_its_file()
    {
        var path = Path.Combine(_flows.Folder.FullName, "a.runtimeconfig.json");
        File.WriteAllText(path, """{ "runtimeOptions": { "tfm": "net10.0", "configProperties": { "B": "x", "My.Flag": true } } }""");

        Assert.Equal("B=\"x\"\nMy.Flag=true", RuntimeSettings.Read(path));
        Assert.Equal("", RuntimeSettings.Read(path + ".none"));
    }

    public void Dispose() => _flows.Dispose();

    private IReadOnlyDictionary<string, string> IdentitiesOf(
        string source, string flow = "EditedFlow", string[]? steps = null, Action<FlowSpec>? change = null, string? decorator = null,
        string? text = null)
        => _flows.Of(source, flow, steps ?? Steps, change, decorator, text);
}
