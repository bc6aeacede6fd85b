using Metaflow.Generators.Tests.Compiling;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>Flows that work must not be told anything.</summary>
public sealed class GoodFlowTests
{
    [Theory]
    [MemberData(nameof(Good))]
    public async Task A_good_flow_is_told_nothing(string name, string source)
    {
        var flow = FlowCompilation.Of(source);
        Assert.DoesNotContain(flow.CompilerProblems(), problem => !problem.StartsWith("CS1591", StringComparison.Ordinal));
        Assert.Empty((await flow.AnalyzeAsync()).Select(problem => $"{name}: {FlowCompilation.Show(problem)} {problem.GetMessage(null)}"));
    }

    public static TheoryData<string, string> Good { get; } = new()
    {
        { "genres", Flows.GenreStats },
        { "one step", "public partial class F : FlowSpec { [Step] void Only() { } }" },
        {
            "streams",
            "public partial class F : FlowSpec { public partial Stream A { get; set; } public partial Stream? B { get; set; } "
                + "[Step] Transition Start() { A = File.OpenRead(\"a\"); B = null; return Next(End); } "
                + "[Step] void End() => Console.WriteLine(A.Length + B?.Length); }"
        },
        { "gangs and asynchronous items", """
            public sealed class TorchAttribute : GangAttribute { public override string DecoratorName => "torch"; }
            public partial class F : FlowSpec
            {
                [Parameter(Default = 2)] public partial int Size { get; }
                [Step] Transition Start() => Next(Train, numParallel: Size + 1);
                [Step, Parallel] Transition Train() => Next(Join);
                [Step] Transition Join(Inputs<F> inputs) => Next(Again);
                [Step] Transition Again() => Next(Tune, 4);
                [Step, Torch] async Task<Transition> Tune(int node) { await Task.Yield(); return Next(Gather); }
                [Step] Transition Gather(Inputs<F> inputs) => Next(Read);
                [Step] Transition Read() => Next(Take, forEach: LinesAsync());
                [Step] Transition Take(string line) => Next(Last);
                [Step] Transition Last(Inputs<F> inputs) => Next(End);
                [Step] void End() { }
                private static async IAsyncEnumerable<string> LinesAsync() { await Task.Yield(); yield return "a"; }
            }
            """ },
        { "members that steps do not share", """
            public sealed record Kept([property: FormerArtifactName("Old")] int A, Kept? Next = null)
            {
                public IShape Computed => null!;
                [Metaflow.Serialization.ArtifactIgnore] public IShape? Ignored { get; set; }
            }
            public interface IShape { }
            public enum Kind { None, [FormerArtifactName("Old")] Some }
            public abstract partial class B : FlowSpec
            {
                protected int Mine { get; set; }
                protected readonly List<int> Cache = new();
                private readonly string[] _names = ["a"];
                [Step] protected Transition Start() { Mine = 1; Cache.Add(Mine); return Next(End); }
                [Step] protected virtual void End() { Mine = 2; Cache.Clear(); Console.WriteLine($"{Mine} {Cache.Count} {_names.Length}"); }
            }
            public partial class F : B
            {
                private readonly Dictionary<string, int> _made = [];
                private readonly object _lock = new();
                public partial Kept Kept { get; set; }
                public partial IReadOnlyList<IComparable<int>>? Some { get; set; }
                public F() => _made["a"] = 1;
                [Step] protected override void End() { Helper(); lock (_lock) { Console.WriteLine(_made.Count); } }
                private void Helper() => _made.Add("b", 1);
            }
            """ },
        { "branches", """
            public partial class F : FlowSpec
            {
                private static readonly int[] Sizes = [1];
                private const int Size = 1;
                public static int Total => Sizes.Length + Size;
                public partial int X { get; set; }
                public partial int Y { get; private set; }
                [Step] Transition Start() { X = Total; return Next(A, this.B); }
                [Step] Transition A() { Y = X; return Next(Join); }
                [Step] async Task<Transition> B() { await Task.Yield(); Y = X; return Next(Join); }
                [Step] Transition Join(Inputs<F> inputs) { Y = inputs.From(A).Y + inputs[1].Y; return Next(End); }
                [Step] async Task End() { await Console.Out.WriteLineAsync($"{Y}"); }
            }
            """ },
        { "flow of control", """
            public partial class F : FlowSpec
            {
                public partial int X { get; set; }
                public partial int Y { get; set; }
                public partial string? Z { get; set; }
                private int Sum => X + Y;
                private void Init() { X = 1; (Y, Z) = (2, null); }
                [Step] Transition Start()
                {
                    Init();
                    Console.WriteLine(Sum);
                    return Sum > 1 ? Next(A) : Next(B);
                }

                [Step] Transition A()
                {
                    int Local() => X + 1;
                    while (true) { if (Local() > 0) { Y = 1; break; } }
                    try { X = Y; } catch (IOException) { X = 2; } finally { Z = nameof(Y); }
                    switch (X) { case 1: Y = 1; break; default: throw new InvalidOperationException(); }
                    Y += X;
                    Z ??= "z";
                    var values = new[] { 1 }.Select(i => i + Y).ToList();
                    if (values.Count > 2) { return Next(End); }
                    return Next(End);
                }

                [Step] Transition B() { Fill(this); return Next(End); }
                [Step] void End() => Console.WriteLine(X + Y + Z);
                private static void Fill(F flow) => flow.X = 1;
            }
            """ },
        { "a step that a derived flow is to override (MF1010)", """
            public abstract partial class Base : FlowSpec
            {
                [Step] Transition Start() => Next(Work);
                [Step] protected virtual Transition Work() => throw new NotSupportedException();
                [Step] protected void End() { }
            }

            public partial class F : Base
            {
                protected override Transition Work() => Next(End);
            }
            """ },
        { "what may still be there (MF1025)", """
            public partial class F : FlowSpec
            {
                public partial int X { get; set; }
                public partial int Y { get; set; }
                public partial int Z { get; set; }
                [Step] Transition Start() { X = 1; Y = 1; Z = 1; return Next(Middle); }
                [Step] Transition Middle()
                {
                    if (DateTime.Now.Ticks > 0) { RemoveArtifact(nameof(X)); }
                    RemoveArtifact(nameof(Y));
                    Y = 2;
                    RemoveArtifact(nameof(Z));
                    Mend();
                    return Next(End);
                }
                void Mend() { if (DateTime.Now.Ticks > 0) { Z = 3; } }
                [Step] void End() => Console.WriteLine(X + Y + Z);
            }
            """ },
        { "what a derived flow sets (MF1025)", """
            public abstract partial class Base : FlowSpec
            {
                public partial int X { get; set; }
                private readonly Action _set;
                protected Base() => _set = Prepare;
                [Step] protected Transition Start() { Prepare(); Console.WriteLine(X); return Next(End); }
                [Step] protected void End() { _set(); Console.WriteLine(X); }
                protected abstract void Prepare();
            }
            public partial class F : Base { protected override void Prepare() => X = 1; }
            """ },
        { "defaults (MF1047)", """
            public partial class F : FlowSpec
            {
                [Parameter(Default = "12")] public partial int P0 { get; }
                [Parameter(Default = 2.0)] public partial int P1 { get; }
                [Parameter(Default = 5)] public partial double P2 { get; }
                [Parameter(Default = 0.1)] public partial float P3 { get; }
                [Parameter(Default = 5)] public partial decimal P4 { get; }
                [Parameter(Default = "off")] public partial bool? P5 { get; }
                [Parameter(Default = "1e3")] public partial double P6 { get; }
                [Parameter(Default = "INF")] public partial double P7 { get; }
                [Parameter(Default = "thurs-day")] public partial DayOfWeek P8 { get; }
                [Parameter(Default = DayOfWeek.Friday)] public partial DayOfWeek? P9 { get; }
                [Parameter(Default = "2026-01-31T12:00:00")] public partial DateTime P10 { get; }
                [Parameter(Default = "2026-01-31")] public partial DateOnly P11 { get; }
                [Parameter(Default = "2026-01-31T12:00:00+01:00")] public partial DateTimeOffset P12 { get; }
                [Parameter(Default = "12:30")] public partial TimeOnly P13 { get; }
                [Parameter(Default = "PT1H")] public partial TimeSpan P14 { get; }
                [Parameter(Default = "01:30:00")] public partial TimeSpan P15 { get; }
                [Parameter(Default = "0f8fad5b-d9cb-469f-a165-70867728950e")] public partial Guid P16 { get; }
                [Parameter(Default = "[1, 2]")] public partial IReadOnlyList<int> P17 { get; }
                [Parameter(Default = "AAA=")] public partial byte[] P18 { get; }
                [Parameter(Default = "x")] public partial string P19 { get; }
                [Parameter(Default = 5)] public partial string P20 { get; }
                [Parameter(Default = "https://a.example/")] public partial Uri P21 { get; }
                [Parameter(Default = 255)] public partial byte P22 { get; }
                [Parameter(Default = "a,b", Separator = ",")] public partial List<string> Names { get; }
                [Step] void End() { }
            }
            """ },
        { "decorators (MF1060, MF1061, MF1062)", """
            [Retry(Times = 0), Timeout(Hours = 1)]
            public partial class F : FlowSpec
            {
                [Step, Retry(Times = 4), Catch, Timeout(Seconds = 90)] Transition Start() => Next(Split);
                [Step, Retry] Transition Split() => Next(A, B);
                [Step, Catch] Transition A() => Next(Join);
                [Step] Transition B() => Next(Join);
                [Step] Transition Join(Inputs<F> inputs) => Next(End);
                [Step] void End() { }
            }
            """ },
        { "values of decorators (MF1090 to MF1098)", """
            [Project("${settings.project}", Branch = "b_1"), Schedule, Trigger(Event = "data", Parameters = ["day=d", "Night", "rate_of_all"])]
            [ExitHook(OnSuccess = [nameof(Tell)], OnError = [nameof(TellRun), nameof(TellBase)], TimeoutSeconds = 5), TriggerOnFinish(Flows = ["A", "B"])]
            [Resources(Cpu = 0.5), Retry(Times = 4, SecondsBetweenRetries = 0, BackoffFactor = 1, Jitter = 1)]
            public partial class F : FlowSpec
            {
                [Parameter] public partial int Day { get; }
                [Parameter] public partial int Night { get; }
                [Parameter(Name = "rate_of_all")] public partial double Rate { get; }
                void Tell() { }
                static Task TellRun(Metaflow.Client.RunHandle run) => Task.CompletedTask;
                static void TellBase() { }
                [Step, EnvironmentVariables("A", "1", "_B2", ""), Secrets("env.A")] void End() { }
            }

            [Schedule(Cron = "0 6 * * ?", Timezone = "Europe/Zurich")]
            public partial class G : FlowSpec
            {
                [Step, Retry(On = ["TimeoutException", "System.Net.Http.HttpRequestException", "Own", "Deep`1", "G+Own", "G+Deep`1"], NotOn = [nameof(FormatException), "MetaflowException"])] void End() { }
                class Own : Exception;
                class Deep<T> : Own;
            }

            [Schedule(Daily = false, Hourly = true)]
            public partial class H : FlowSpec { [Step] void End() { } }
            """ },
        { "members of one task (MF1048)", """
            public partial class F : FlowSpec
            {
                private readonly List<int> _list = [];
                private int _scratch, _helped, _only, _named;
                private int[] _pair = [];
                public string Text { get; set; } = "initial";
                public F() => _only = 3;
                [Step] Transition Start()
                {
                    _scratch = 1; _helped = 1; _named = 2; _pair = [_named];
                    Console.WriteLine((_only, Text, _list.Count, _scratch, _helped, _pair));
                    return Next(End);
                }

                [Step] void End()
                {
                    _scratch = 2;
                    Fill();
                    Console.WriteLine((_only, Text, _list.Count, _scratch, _helped, nameof(_named)));
                }

                private void Fill() => _helped = 2;
            }
            """ },
        { "loop", """
            public partial class F : FlowSpec
            {
                public partial int Count { get; set; }
                [Step] Transition Start() { Count = 0; return Next(Loop); }
                [Step] Transition Loop() { Count++; return Count < 3 ? Next(Loop) : Next(End); }
                [Step] void End() { }
            }
            """ },
        { "abstract base without an end", """
            public abstract partial class Base : FlowSpec
            {
                public partial int X { get; set; }
                public abstract int Y { get; set; }
                [Step] Transition Start() { X = Y; return Go(); }
                protected abstract Transition Go();
            }
            """ },
        { "inheritance", """
            public abstract partial class Base : FlowSpec
            {
                public partial int X { get; set; }
                [Step] protected virtual Transition Start() { X = 1; return Next(End); }
                [Step] protected void End() => Console.WriteLine(X);
            }
            public partial class F : Base
            {
                protected override Transition Start() { X = 2; return Next(Middle); }
                [Step] Transition Middle() { Console.WriteLine(X); return Next(End); }
            }
            public partial class G : F { public partial int Z { get; set; } }
            """ },
        { "caught", """
            public partial class F : FlowSpec
            {
                public partial StepFailure? Failure { get; set; }
                [Step] Transition Start() => Next(Risky);
                [Step, Catch(Var = nameof(Failure))] Transition Risky() => Next(End);
                [Step] void End() => Console.WriteLine(Failure?.Message);
            }
            """ },
        { "covariant items", """
            public partial class F : FlowSpec
            {
                [Step] Transition Start() => Next(Work, forEach: new List<string> { "a" });
                [Step] Transition Work(object item) => Next(Join);
                [Step] Transition Join(Inputs<F> inputs) => Next(Other, forEach: inputs.Select(i => 1));
                [Step] Transition Other() => Next(Join2);
                [Step] Transition Join2(Inputs<F> inputs) => Next(End);
                [Step] void End() { }
            }
            """.Replace("Next(Other, forEach: inputs.Select(i => 1))", "Next(Split)", StringComparison.Ordinal)
               .Replace(
                   "[Step] Transition Other",
                   "[Step] Transition Split() => Next(Other, forEach: Enumerable.Range(0, 2));\n    [Step] Transition Other",
                   StringComparison.Ordinal) },
    };
}
