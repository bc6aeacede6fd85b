using System.Runtime.Loader;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Identity;
using Metaflow.Services;

namespace Metaflow.Generators.Tests.Identity;

/// <summary>Edits a flow's source and looks at which steps' identities change.</summary>
public sealed class CodeIdentityTests : IDisposable
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

    private static readonly string[] Steps = ["start", "middle", "judge", "last", "end"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaflow-identity-");

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
        { "public partial Movie Best { get; set; }", "public partial Movie Best { get; set; } public partial int More { get; set; }", "judge" },
        { "int Unused() => 42", "int Unused() => 43", "" },
        { "[Step, Retry]", "[Step, Retry(Times = 1)]", "" },
        { "[Step, Retry]", "[Step, Catch]", "middle" },
        { "    Transition Judge()", "    // A comment.\n\n    Transition Judge()", "" },
        { "IRule rule = new RecentRule();", "IRule other = new RecentRule(); var rule = other;", "judge" },
        { "    [Step]\n    Transition Start()", "    private int Before() => Items.Where(i => i > 5).Count();\n\n    [Step]\n    Transition Start()", "" },
        { "Console.WriteLine(rule.Holds(Best));", "Console.WriteLine(rule.Holds(Best)); Console.WriteLine(typeof(Movie).GetMethods().Length);", "judge" },
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
        derived = derived.Replace("Transition Start()\n    {", "protected virtual Transition Start()\n    {", StringComparison.Ordinal).Replace("void End() =>", "protected void End() =>", StringComparison.Ordinal);
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
        var after = IdentitiesOf(ServedSource.Replace(old, replacement, StringComparison.Ordinal), "ServedFlow", ["start", "middle", "end"]);

        Assert.Equal(changed, string.Join(' ', before.Keys.Where(step => before[step] != after[step])));
        Assert.StartsWith("code:", before["start"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_whose_services_a_host_hands_over_has_the_identity_of_the_whole_assembly()
    {
        var identities = IdentitiesOf(ServedSource, "ServedFlow", ["start", "middle", "end"], static flow => flow.Services = new FlowServiceSource(static () => null, isOwn: true));

        Assert.StartsWith("assembly:", identities["start"], StringComparison.Ordinal);
        Assert.StartsWith("code:", identities["middle"], StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private IReadOnlyDictionary<string, string> IdentitiesOf(string source, string flow = "EditedFlow", string[]? steps = null, Action<FlowSpec>? change = null)
    {
        var compilation = FlowCompilation.Of(source);
        var path = Path.Combine(_folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName, "FlowUnderTest.dll");
        using (var file = File.Create(path))
        {
            var result = compilation.Output.Emit(file, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        }

        var context = new AssemblyLoadContext("identity", isCollectible: true);
        var instance = (FlowSpec)Activator.CreateInstance(context.LoadFromAssemblyPath(path).GetType(flow, throwOnError: true)!)!;
        change?.Invoke(instance);
        var identities = CodeIdentity.Of(instance, steps ?? Steps);
        context.Unload();
        return identities;
    }
}
