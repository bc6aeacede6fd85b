namespace Metaflow.Generators.Tests.Code;

/// <summary>Code of the flow's class that a step runs without calling it: by .NET, by its name, or as a delegate.</summary>
public sealed class CalledBackTests : IDisposable
{
    private static readonly string[] Steps = ["start", "helper", "end"];

    private readonly FlowIdentities _flows = new();

    /// <summary>The interfaces of the flow, its members, the statement of its first step, and whether the source is told method by
    /// method.</summary>
    public static TheoryData<string, string, string> CalledByOthers => new()
    {
        { ", IComparer<int>", "public int Compare(int x, int y) => (x - y) * 71;", "new List<int> { 3, 1 }.Sort(this);" },
        {
            ", IComparer<int>", "int IComparer<int>.Compare(int x, int y) => (x - y) * 71;",
            "Console.WriteLine(new SortedSet<int>([1, 2], this).First());"
        },
        { ", IMine", "public int Compare(int x, int y) => x - 71;", "new List<int> { 3, 1 }.Sort(this);" },
        { ", IDefault", "int Other() => 3;", "new List<int> { 3, 1 }.Sort((IDefault)this);" },
        {
            ", IFormattable", "public string ToString(string? f, IFormatProvider? p) => \"71\";",
            "Console.WriteLine($\"{(IFormattable)this:x}\");"
        },
        { ", IProgress<int>", "public void Report(int value) => Console.WriteLine(71);", "IProgress<int> p = this; p.Report(1);" },
        { ", IDisposable", "public void Dispose() => Console.WriteLine(71);", "using (this) { }" },
        {
            ", IAsyncDisposable", "public ValueTask DisposeAsync() { Console.WriteLine(71); return default; }",
            "using var m = new MemoryStream(); Console.WriteLine(this);"
        },
        {
            ", IEnumerable<int>",
            "public IEnumerator<int> GetEnumerator() { yield return 71; } System.Collections.IEnumerator "
                + "System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();",
            "Console.WriteLine(this.Sum());"
        },
        {
            ", IObserver<int>",
            "public void OnCompleted() { } public void OnError(Exception e) { } public virtual void OnNext(int v) => "
                + "Console.WriteLine(71);",
            "Go(this); static void Go(IObserver<int> o) => o.OnNext(3);"
        },
        { "", "public override string ToString() => \"71\";", "Console.WriteLine(string.Concat(\"t:\", (object)this));" },
        {
            "", "public override string ToString() => Deeper(); string Deeper() => \"71\";",
            "var all = new object[] { this }; Console.WriteLine(string.Join(',', all));"
        },
        {
            "", "public override int GetHashCode() => 71; public override bool Equals(object? o) => true;",
            "Console.WriteLine(new HashSet<object> { this }.Count);"
        },
        { "", "~CaseFlow() => Console.WriteLine(71);", "GC.Collect();" },
    };

    [Theory, MemberData(nameof(CalledByOthers))]
    public void What_others_call_of_the_flow_by_a_virtual_method_or_an_interface_of_theirs_is_part_of_its_steps(
        string interfaces, string members, string statement)
    {
        var source = SourceOf(members, statement, interfaces);
        var (before, after) = (IdentitiesOf(source), IdentitiesOf(source.Replace("71", "72", StringComparison.Ordinal)));

        Assert.Contains("start", FlowIdentities.Changed(before, after), StringComparison.Ordinal);
        Assert.All(before.Values, static identity => Assert.StartsWith("code:", identity, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_base_flow_does_for_an_interface_of_the_derived_one_is_part_of_the_steps()
    {
        var source = """
            public abstract partial class Base : FlowSpec { public virtual int Compare(int x, int y) => 71; }
            public partial class CaseFlow : Base, IComparer<int>
            {
                [Step] Transition Start() { new List<int> { 2, 1 }.Sort(this); return Next(Helper); }
                [Step] Transition Helper() => Next(End);
                [Step] void End() { }
            }
            """;

        Assert.Equal(
            "start helper end",
            FlowIdentities.Changed(IdentitiesOf(source), IdentitiesOf(source.Replace("71", "72", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("", "public virtual int Unused() => 71;")]
    [InlineData("", "public int Unused => 71;")]
    [InlineData(", IComparer<int>", "public int Compare(int x, int y) => x; public virtual int Unused() => 71;")]
    [InlineData(", IOwn", "public int Own() => 71;")]
    [InlineData(", IOwn, IDisposable", "public void Dispose() { } public int Own() => 71;")]
    public void What_only_the_author_can_call_counts_where_it_is_called(string interfaces, string members)
    {
        var source = SourceOf(members, "Console.WriteLine(this);", interfaces);

        Assert.Equal("", FlowIdentities.Changed(IdentitiesOf(source), IdentitiesOf(source.Replace("71", "72", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("Console.WriteLine(((Func<int>)Delegate.CreateDelegate(typeof(Func<int>), this, \"Named\"))());")]
    [InlineData("Console.WriteLine(System.ComponentModel.TypeDescriptor.GetProperties(this).Count);")]
    [InlineData(
        "Console.WriteLine(System.Linq.Expressions.Expression.Call(System.Linq.Expressions.Expression.Constant(this), \"Named\", null));")]
    [InlineData("System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(State).TypeHandle);")]
    [InlineData("Console.WriteLine(typeof(CaseFlow).FindMembers(default, default, null, null).Length);")]
    [InlineData("Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(this));")]
    public void A_step_that_finds_code_by_its_name_has_the_identity_of_the_whole_assembly(string statement)
    {
        var identities = IdentitiesOf(SourceOf("public int Named() => 1;", statement));

        Assert.StartsWith("assembly:", identities["start"], StringComparison.Ordinal);
        Assert.StartsWith("code:", identities["end"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Func<Transition> f = Helper; f();")]
    [InlineData("_made = Helper; _made();")]
    [InlineData("Func<Transition> f = Helper; Take(ref f); static void Take(ref Func<Transition> g) => g();")]
    [InlineData("Func<Transition> f = Helper; if (n > 1) { return Next(f); } f();")]
    [InlineData("Func<Transition>[] all = [Helper]; all[0]();")]
    [InlineData("var all = new Func<Transition>[1]; all[0] = Helper; all[0]();")]
    [InlineData("Call(Helper);")]
    [InlineData("Call(n > 1 ? Helper : Helper);")]
    [InlineData("Task.Run(Helper).Wait();")]
    [InlineData("Delegate d = Helper; d.DynamicInvoke();")]
    [InlineData("Func<Func<Transition>> f = () => Helper; f()();")]
    [InlineData("Delegate[] all; Total = (all = [Helper, Helper]).Length; ((Func<Transition>)all[1])();")]
    [InlineData("var d = new Dictionary<string, Func<Transition>> { [\"a\"] = Helper }; d[\"a\"]();")]
    [InlineData("(Func<Transition>, int) t = (Helper, 1); Call(t.Item1);")]
    public void A_step_that_is_called_through_a_delegate_is_part_of_the_one_that_calls_it(string statement)
    {
        var source = SourceOf("Func<Transition>? _made; static void Call(Func<Transition> f) => f(); ", statement);

        Assert.Equal(
            "start helper",
            FlowIdentities.Changed(IdentitiesOf(source), IdentitiesOf(source.Replace("+ 5", "+ 6", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("Transition Start() => Next(Helper);")]
    [InlineData("Transition Start() => Next(Helper, Other);")]
    [InlineData("Transition Start() { if (Total > 3) { return Next(Other); } return Next(Helper); }")]
    [InlineData("Transition Start() => Next(Helper, forEach: Total > 3 ? new[] { 1 } : Made() ?? throw new InvalidOperationException());")]
    [InlineData(
        "Transition Start() => Next(Helper, forEach: Total switch { 1 => new[] { 1 }, 2 => [2], 3 => [5], 4 => [7], _ => Made()! });")]
    [InlineData("async Task<Transition> Start() { await Task.Yield(); return Next(Helper, Other); }")]
    [InlineData("async Task<Transition> Start() => Next(Helper, forEach: await Later());")]
    [InlineData("async Task<Transition> Start() { Func<int> f = () => Total; return Next(Helper, forEach: await Later() ?? Made()!); }")]
    [InlineData("Transition Start() { try { return Next(Helper); } finally { Total = 1; } }")]
    public void A_step_that_is_handed_to_Next_is_no_part_of_the_one_before(string start)
    {
        foreach (var isVirtual in new[] { false, true })
        {
            var source = $$"""
                public partial class CaseFlow : FlowSpec
                {
                    public partial int Total { get; set; }
                    int[]? Made() => null;
                    Task<int[]> Later() => Task.FromResult(new[] { 1 });
                    [Step] {{start}}
                    [Step] {{(isVirtual ? "protected virtual" : "")}} Transition Helper() { Total = Total + 5; return Next(End); }
                    [Step] Transition Other() => Next(End);
                    [Step] void End() => Console.WriteLine(Total);
                }
                """;

            Assert.Equal(
                "helper",
                FlowIdentities.Changed(IdentitiesOf(source), IdentitiesOf(source.Replace("+ 5", "+ 6", StringComparison.Ordinal))));
        }
    }

    [Theory]
    [InlineData("await FlowRunner.RunAsync<Kid>();")]
    [InlineData("await FlowRunner.ResumeAsync<Kid>();")]
    [InlineData("await Current.RunFlowAsync<Kid>();")]
    [InlineData("Console.WriteLine(new Kid());")]
    public void A_flow_that_a_step_makes_or_runs_is_part_of_the_step(string statement)
    {
        var source = $$"""
            public partial class Kid : FlowSpec
            {
                public override string ToString() => "71";
                [Step] void Start() => Console.WriteLine(71);
            }
            public partial class CaseFlow : FlowSpec
            {
                [Step] async Task<Transition> Start() { await Task.Yield(); {{statement}} return Next(Helper); }
                [Step] Transition Helper() => Next(End);
                [Step] void End() { }
            }
            """;

        Assert.Equal(
            "start", FlowIdentities.Changed(IdentitiesOf(source), IdentitiesOf(source.Replace("71", "72", StringComparison.Ordinal))));
    }

    public void Dispose() => _flows.Dispose();

    private static string SourceOf(string members, string statement, string interfaces = "") => $$"""
        public interface IMine : IComparer<int>;
        public interface IDefault : IComparer<int> { int IComparer<int>.Compare(int x, int y) => 71; }
        public interface IOwn { int Own(); }
        public static class State { public static int X; static State() { X = 3; } }
        public partial class CaseFlow : FlowSpec{{interfaces}}
        {
            public partial int Total { get; set; }
            {{members}}
            [Step]
            Transition Start() { var n = Total; {{statement}} return Next(Helper); }
            [Step]
            Transition Helper() { Total = Total + 5; return Next(End); }
            [Step]
            void End() => Console.WriteLine(Total);
        }
        """;

    private IReadOnlyDictionary<string, string> IdentitiesOf(string source) => _flows.Of(source, "CaseFlow", Steps);
}
