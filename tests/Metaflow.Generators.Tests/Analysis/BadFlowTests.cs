using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>Each mistake is told at its place. The place is marked in the source: <c>[|here|]</c>.</summary>
public sealed class BadFlowTests
{
    [Theory]
    [InlineData("MF1001", "[Step] Transition Start() => Next(Input); [Step] Transition [|Input|]() => Next(End); [Step] void End() { }")]
    [InlineData("MF1004", "[Step] Transition Start() => Next([|Trian|]); [Step] Transition Train() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1005",
        "[Step(Start = true)] Transition One() => Next(Start); [Step] Transition [|Start|]() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1006",
        "[Step] Transition Start() => Next(A); [Step] Transition A() => true ? Next([|Start|]) : Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1007",
        "[Step] Transition Start() => Next(End); [Step] Transition End() => [|Next(After)|]; [Step] Transition After() => Next(End);")]
    [InlineData(
        "MF1008",
        "[Step] Transition Start() => Next(A, B); [Step] Transition A() => Next(End); [Step] Transition B() => Next(End); "
            + "[Step] void [|End|](Inputs<F> inputs) { }")]
    [InlineData("MF1052", "[Step, Retry(On = [|[\"FormatExceptoin\"]|])] void End() { }")]
    [InlineData("MF1112", "[Step, [|NuGet(\"Acme.Lib\", \"1.0.0\")|]] void End() { }")]
    [InlineData("MF1052", "[Step, Retry(On = [\"TimeoutException\"], NotOn = [|[\"Sytem.FormatException\"]|])] void End() { }")]
    [InlineData("MF1052", "[Step, Retry(On = [|[\"G.Own\"]|])] void End() { } } class G { class Own : Exception;")]
    [InlineData("MF1009", "[Step] Transition Start() => Next(Schön); [Step] Transition [|Schön|]() => Next(End); [Step] void End() { }")]
    [InlineData("MF1009", "[Parameter(Name = [|\"a b\"|])] public partial int X { get; } [Step] void End() { }")]
    [InlineData("MF1009", "[Config(Name = [|\"a.b\"|])] public partial string X { get; } [Step] void End() { }")]
    [InlineData("MF1009", "[Artifact(Name = [|\"learning-rate\"|])] public partial int X { get; set; } [Step] void End() { }")]
    [InlineData("MF1010", "[Step] Transition Start() => Next(A); [Step] void [|A|]() { } [Step] void End() { }")]
    [InlineData("MF1010", "[Step] Transition Start() { [|Next(End)|]; return null!; } [Step] void End() { }")]
    [InlineData(
        "MF1010",
        "[Step] Transition Start() { var x = [|Next(A)|]; var y = Next(A); return y; } [Step] Transition A() => Next(End); "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1010",
        "[Step] Transition Start() { Transition x; x = [|Next(A)|]; return Next(A); } [Step] Transition A() => Next(End); "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1010",
        "[Step] async Task<Transition> Start() { await Task.Yield(); _ = [|Next(End)|]; throw new InvalidOperationException(); } "
            + "[Step] void End() { }")]
    [InlineData("MF1010", "[Step] void [|Start|]() => Next(End); [Step] void End() { }")]
    [InlineData("MF1010", "[Step] async Task [|Start|]() { await Task.Yield(); Next(End); } [Step] void End() { }")]
    [InlineData(
        "MF1011",
        "[Step] Transition Start() => Next(A); [Step] Transition A() => Next(B); [Step] Transition B() => true ? Next([|A|]) : Next(End); "
            + "[Step] void End() { }")]
    [InlineData("MF1012", "[Step] Transition Start() => Next(End); [Step] Transition [|Lost|]() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1013",
        "[Step] Transition Start() => Next(A, B); [Step] Transition A() => Next([|End|]); [Step] Transition B() => Next(End); "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1014",
        "[Step] Transition Start() => Next(A, B); [Step] Transition A() => Next(Join); [Step] Transition B() => Next(Join2); "
            + "[Step] Transition [|Join|](Inputs<F> i) => Next(End); [Step] Transition {|Join2|}(Inputs<F> i) => Next(End); "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1015",
        "[Step] Transition Start() => Next(Join); [Step] Transition [|Join|](Inputs<F> inputs) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1016",
        "[Step] Transition Start() => Next(A, B); [Step] Transition A() => Next(C, forEach: new[] { 1 }); "
            + "[Step] Transition B() => Next(Join); [Step] Transition C(int i) => Next(Join); [Step] Transition [|Join|](Inputs<F> inputs) "
            + "=> Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1017",
        "[Step] Transition Start() => Next(A, B); [Step] Transition A() => Next(Join); [Step] Transition B() => Next(Join); "
            + "[Step] Transition [|Join|]() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1018",
        "[Step] Transition Start() => true ? [|Next(A, B)|] : Next(End); [Step] Transition A() => Next(Join); "
            + "[Step] Transition B() => Next(Join); [Step] Transition Join(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1019",
        "[Step] Transition Start() => Next(A, forEach: new[] { 1 }); [Step] Transition A(int i) => i > 0 ? Next(B) : Next([|Join|]); "
            + "[Step] Transition B() => Next(Join); [Step] Transition Join(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1020",
        "[Step] Transition Start() => Next(A, [|Join|]); [Step] Transition A() => Next(Join); [Step] Transition Join(Inputs<F> i) => "
            + "Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1022",
        "[Step] Transition Start() => Next(A, B); [Step] Transition A() => Next(J); [Step] Transition B() => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => [|Next(C, D)|]; [Step] Transition C() => Next(K); [Step] Transition D() => Next(K); "
            + "[Step] Transition K(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData("MF1023", "[Step] Transition Start() => Next(A, [|A|]); [Step] Transition A() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1025",
        "public partial int X { get; set; } [Step] Transition Start() { Console.WriteLine([|X|]); X = 1; return Next(End); } "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1025",
        "public partial int X { get; set; } [Step] Transition Start() { X = 1; return Next(A, forEach: new[] { 1 }); } "
            + "[Step] Transition A(int i) => Next(Join); [Step] Transition Join(Inputs<F> i) { X = [|X|] + 1; return Next(End); } "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1025",
        "public partial int X { get; set; } [Step] Transition Start() { X = 1; RemoveArtifact(nameof(X)); return Next(A); } "
            + "[Step] Transition A() => Next(End); [Step] void End() => Console.WriteLine([|X|]);")]
    [InlineData(
        "MF1025",
        "public partial int X { get; set; } [Step] Transition Start() { X = 1; return Next(A); } [Step] Transition A() { Tidy(); "
            + "return Next(End); } void Tidy() => RemoveArtifact(nameof(X)); [Step] void End() => Console.WriteLine([|X|]);")]
    [InlineData(
        "MF1025",
        "public partial int X { get; set; } [Step] Transition Start() { if (DateTime.Now.Ticks > 0) { X = 1; } [|Log()|]; "
            + "return Next(End); } void Log() => Console.WriteLine(X); [Step] void End() { }")]
    [InlineData("MF1026", "[Step] Transition Start() => Next(A); [Step] Transition [|A|](string item) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1031",
        "public partial int MaxGenres { get; set; } [Artifact(Name = \"max_genres\")] public partial int [|Other|] { get; set; } "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1031",
        "[Parameter] public partial int Alpha { get; } [Parameter(Name = \"ALPHA\")] public partial int [|Beta|] { get; } "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1031",
        "[Step] Transition Start() => Next(End); [Step(Name = \"start\")] Transition [|Other|]() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1031",
        "[Step] void End() { } } public partial class G : F { public partial int X { get; set; } } public partial class H : G { public new "
            + "partial string [|X|] { get; set; }")]
    [InlineData("MF1032", "[Parameter] public partial string [|Tag|] { get; } [Step] void End() { }")]
    [InlineData("MF1032", "public partial int [|Index|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1032", "[Artifact(Name = \"_secret\")] public partial int [|X|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1032", "[Parameter] public partial bool [|Cache|] { get; } [Step] void End() { }")]
    [InlineData("MF1032", "[Parameter(Name = \"dry-run\")] public partial bool [|X|] { get; } [Step] void End() { }")]
    [InlineData("MF1032", "[IncludeFile] public partial string [|Explain|] { get; } [Step] void End() { }")]
    [InlineData("MF1033", "public new int [|Current|] => 1; [Step] void End() { }")]
    [InlineData(
        "MF1034",
        "[Step] Transition Start() => Next(A, forEach: [|new[] { 1 }|]); [Step] Transition A(string item) => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData("MF1036", "[Step] Transition Start() { Go(); return Next(End); } Transition Go() => [|Next(End)|]; [Step] void End() { }")]
    [InlineData(
        "MF1036", "[Step] Transition Start() { Func<Transition> go = () => [|Next(End)|]; go(); return Next(End); } [Step] void End() { }")]
    [InlineData("MF1037", "[Step] Transition Start() => Next(End); [Step] void End() { } [Step] int [|A|]() => 1;")]
    [InlineData("MF1037", "[Step] Transition Start() => Next(End); [Step] void End() { } [Step] static Transition [|A|]() => null!;")]
    [InlineData("MF1037", "[Step] Transition Start() => Next(End); [Step] void End() { } [Step] Transition [|A|]<T>() => null!;")]
    [InlineData("MF1037", "[Step] Transition Start() => Next(End); [Step] void End() { } [Step] Transition [|A|](int a, int b) => null!;")]
    [InlineData("MF1037", "[Step] Transition Start() => Next(End); [Step] void End() { } [Step] Transition [|A|](ref int a) => null!;")]
    [InlineData("MF1037", "[Step] async void [|End|]() => await Task.Yield();")]
    [InlineData(
        "MF1037", "[Step] Transition Start() => Next(End); [Step] void End() { } [Step] Transition [|A|](Inputs<FlowSpec> a) => null!;")]
    [InlineData("MF1039", "private static int [|_count|]; [Step] void End() => _count++;")]
    [InlineData("MF1039", "public static partial int [|Count|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1039", "public static int [|Count|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1040", "public partial int [|X|] { get; } [Step] void End() { }")]
    [InlineData("MF1040", "public partial int [|X|] { get; init; } [Step] void End() { }")]
    [InlineData("MF1041", "[Parameter] public partial int [|X|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1045", "[Service] public IServiceProvider [|X|] => null!; [Step] void End() { }")]
    [InlineData("MF1110", "[Service] public partial IServiceProvider [|X|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1110", "[Service] public partial IServiceProvider [|X|] { set; } [Step] void End() { }")]
    [InlineData("MF1111", "[Service] public partial [|int|] X { get; } [Step] void End() { }")]
    [InlineData("MF1111", "[Service, Config] public partial string [|X|] { get; } [Step] void End() { }")]
    [InlineData("MF1111", "[Service, Parameter] public partial string [|X|] { get; } [Step] void End() { }")]
    [InlineData("MF1042", "[Parameter(DefaultFrom = [|\"Gone\"|])] public partial int X { get; } [Step] void End() { }")]
    [InlineData(
        "MF1042", "[Parameter(DefaultFrom = [|nameof(Text)|])] public partial int X { get; } string Text() => \"\"; [Step] void End() { }")]
    [InlineData("MF1043", "public partial string? X { get; set; } [Step, Catch(Var = [|nameof(X)|])] void End() { }")]
    [InlineData("MF1043", "public StepFailure? X { get; set; } [Step, Catch(Var = [|nameof(X)|])] void End() { }")]
    [InlineData("MF1044", "public F(int x) { } [Step] void End() { }", "F")]
    [InlineData("MF1044", "public required partial int [|X|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1045", "[Parameter] public int [|X|] => 1; [Step] void End() { }")]
    [InlineData("MF1045", "[Artifact] public int [|X|] { get; set; } [Step] void End() { }")]
    [InlineData("MF1045", "[Parameter] public partial int [|X|] => 1; [Step] void End() { }")]
    [InlineData("MF1045", "[Parameter] public static partial int [|X|] { get; } [Step] void End() { }")]
    [InlineData("MF1045", "[Parameter] public partial int [|X|] { get; } = 5; [Step] void End() { }")]
    [InlineData("MF1045", "public partial int [|X|] { get; set; } = 5; [Step] void End() { }")]
    [InlineData("MF1046", "[IncludeFile] public partial [|int|] X { get; } [Step] void End() { }")]
    [InlineData("MF1055", "[IncludeFile(Encoding = [|\"klingon\"|])] public partial string X { get; } [Step] void End() { }")]
    [InlineData("MF1055", "[IncludeFile(Encoding = [|\"\"|])] public partial string X { get; } [Step] void End() { }")]
    [InlineData("MF1060", "[Step, Retry(Times = [|5|])] void End() { }")]
    [InlineData("MF1060", "[Step, Retry(Times = [|-1|])] void End() { }")]
    [InlineData(
        "MF1061",
        "[Step, [|Catch|]] Transition Start() => Next(A, forEach: new[] { 1 }); [Step] Transition A(int i) => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1061",
        "[Step, [|Catch|]] Transition Start() => true ? Next(A) : Next(End); [Step] Transition A() => Next(End); [Step] void End() { }")]
    [InlineData("MF1062", "[Step, [|Timeout|]] void End() { }")]
    [InlineData("MF1062", "[Step, Timeout(Minutes = 1, Seconds = [|-60|])] void End() { }")]
    [InlineData("MF1062", "[Step, Timeout(Hours = 1, Minutes = [|-59|])] void End() { }")]
    [InlineData("MF1098", "[Step, Retry(On = [|new[] { \"{}\" }|])] void End() { }")]
    [InlineData("MF1098", "[Step, Retry(NotOn = [|new[] { \"System.\" }|])] void End() { }")]
    [InlineData("MF1090", "[Step, [|EnvironmentVariables(\"A\", \"1\", \"B\")|]] void End() { }")]
    [InlineData("MF1090", "[Step, [|EnvironmentVariables(\"1A\", \"1\")|]] void End() { }")]
    [InlineData("MF1090", "[Step, [|EnvironmentVariables(\"METAFLOW_USER\", \"1\")|]] void End() { }")]
    [InlineData("MF1090", "[Step, [|EnvironmentVariables(\"A\", \"x\\0y\")|]] void End() { }")]
    [InlineData("MF1090", "[Step, [|EnvironmentVariables(\"A\", \"\\ud800\")|]] void End() { }")]
    [InlineData("MF1092", "[Step, [|Secrets|]] void End() { }")]
    [InlineData("MF1092", "[Step, [|Secrets(\"env.A\", \" \")|]] void End() { }")]
    [InlineData("MF1093", "[Step, Resources(Cpu = [|0|])] void End() { }")]
    [InlineData("MF1093", "[Step, Resources(Cpu = 0.5, MemoryMB = [|-1|])] void End() { }")]
    [InlineData("MF1093", "[Step, Resources(Gpu = [|-1|])] void End() { }")]
    [InlineData("MF1098", "[Step, Retry(SecondsBetweenRetries = [|-1|])] void End() { }")]
    [InlineData("MF1098", "[Step, Retry(BackoffFactor = [|0.5|])] void End() { }")]
    [InlineData("MF1098", "[Step, Retry(Jitter = [|1.5|])] void End() { }")]
    [InlineData(
        "MF1070",
        "[Step] Transition Start() => Next([|A|], numParallel: 2); [Step] Transition A() => Next(J); [Step] Transition J(Inputs<F> i) => "
            + "Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1071",
        "[Step] Transition Start() => Next([|A|], forEach: new[] { 1 }); [Step, Parallel] Transition A() => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1072",
        "[Step] Transition Start() => Next(A, numParallel: [|0|]); [Step, Parallel] Transition A() => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1053",
        "[Step] Transition Start() => Next(A, forEach: new[] { 1 }, maxParallel: [|0|]); [Step] Transition A(int i) => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1053",
        "[Step] Transition Start() => Next(A, new[] { 1 }, [|-2|]); [Step] Transition A(int i) => Next(J); [Step] Transition J(Inputs<F> "
            + "i) => Next(End); [Step] void End() { }")]
    [InlineData("MF1053", "[Step, [|MaxParallel(0)|]] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1072",
        "const int None = -1; [Step] Transition Start() => Next(A, [|None|]); [Step, Parallel] Transition A() => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1024",
        "[Step] Transition Start() => Next(A, numParallel: 2); [Step, Parallel] Transition [|A|]() => Next(B); "
            + "[Step] Transition B() => Next(J); [Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1034",
        "[Step] Transition Start() => Next(A, forEach: [|Some()|]); IAsyncEnumerable<int> Some() => null!; [Step] Transition A(string "
            + "item) => Next(J); [Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1034",
        "[Step] Transition Start() => Next(A, forEach: [|10|]); [Step] Transition A(int item) => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData("MF1037", "[Step] async Transition [|Start|]() { await Task.Yield(); return Next(End); } [Step] void End() { }")]
    [InlineData("MF1065", "[Step] Transition Start() => Next([|Other|]); Transition Other() => null!; [Step] void End() { }")]
    [InlineData("MF1065", "[Step] Transition Start() => Next([|() => Console.WriteLine()|]); [Step] void End() { }")]
    [InlineData("MF1065", "[Step] Transition Start() => Next([|new F().End|]); [Step] void End() { }")]
    public Task A_mistake_in_a_flow_is_told_at_its_place(string code, string members, string? place = null)
        => Mistakes.AssertToldAtItsPlaceAsync(code, members, place);

    [Theory]
    [InlineData("MF1002", "public partial class F : FlowSpec { }")]
    [InlineData("MF1003", "public partial class F : FlowSpec { [Step] Transition Start() => Next(Finish); [Step] void Finish() { } }")]
    [InlineData("MF1060", "[Retry(Times = 9)] public partial class F : FlowSpec { [Step] void End() { } }", "9")]
    [InlineData(
        "MF1061",
        "[Catch] public partial class F : FlowSpec { [Step] Transition Start() => true ? Next(A) : Next(End); "
            + "[Step] Transition A() => Next(End); [Step] void End() { } }",
        "Catch")]
    [InlineData("MF1062", "[Timeout] public partial class F : FlowSpec { [Step] void End() { } }", "Timeout")]
    [InlineData("MF1093", "[Resources(DiskMB = -5)] public partial class F : FlowSpec { [Step] void End() { } }", "-5")]
    [InlineData("MF1094", "[Project(\"Sales\")] public partial class F : FlowSpec { [Step] void End() { } }", "Project(\"Sales\")")]
    [InlineData("MF1094", "[Project(\"sales\", Branch = \"a-b\")] public partial class F : FlowSpec { [Step] void End() { } }", "\"a-b\"")]
    [InlineData(
        "MF1095", "[Schedule(Daily = false)] public partial class F : FlowSpec { [Step] void End() { } }", "Schedule(Daily = false)")]
    [InlineData("MF1095", "[Schedule(Cron = \"daily\")] public partial class F : FlowSpec { [Step] void End() { } }", "\"daily\"")]
    [InlineData("MF1096", "[Trigger] public partial class F : FlowSpec { [Step] void End() { } }", "Trigger")]
    [InlineData(
        "MF1096", "[Trigger(Event = \"a\", Events = new[] { \"b\" })] public partial class F : FlowSpec { [Step] void End() { } }",
        "Trigger(Event = \"a\", Events = new[] { \"b\" })")]
    [InlineData(
        "MF1096",
        "[Trigger(Event = \"a\", Parameters = [\"day=d\"])] public partial class F : FlowSpec { [Parameter] public partial int Night { "
            + "get; } [Step] void End() { } }",
        "[\"day=d\"]")]
    [InlineData(
        "MF1096", "[TriggerOnFinish(Flows = [\"A\", \"A\"])] public partial class F : FlowSpec { [Step] void End() { } }",
        "TriggerOnFinish(Flows = [\"A\", \"A\"])")]
    [InlineData("MF1097", "[ExitHook] public partial class F : FlowSpec { [Step] void End() { } }", "ExitHook")]
    [InlineData("MF1097", "[ExitHook(OnError = [\"Tell\"])] public partial class F : FlowSpec { [Step] void End() { } }", "[\"Tell\"]")]
    [InlineData(
        "MF1097",
        "[ExitHook(OnSuccess = [nameof(Tell)])] public partial class F : FlowSpec { static void Tell(string text) { } "
            + "[Step] void End() { } }",
        "[nameof(Tell)]")]
    [InlineData(
        "MF1048",
        "public abstract partial class B : FlowSpec { protected int X { get; set; } } public partial class F : B { "
            + "[Step] Transition Start() { X = 1; return Next(End); } [Step] void End() => Console.WriteLine(X); }",
        "X")]
    [InlineData(
        "MF1048",
        "public abstract partial class B : FlowSpec { protected int X; [Step] protected Transition Start() { X = 1; return Next(End); } "
            + "[Step] protected void End() => Console.WriteLine(X); } public partial class F : B { }",
        "X")]
    [InlineData(
        "MF1048",
        "public abstract partial class B : FlowSpec { protected readonly List<int> Rows = new(); [Step] protected Transition Start() { "
            + "Rows.Add(1); return Next(End); } [Step] protected virtual void End() { } } public partial class F : B { "
            + "[Step] protected override void End() => Console.WriteLine(Rows.Count); }",
        "Rows")]
    [InlineData(
        "MF1048",
        "public partial class B : FlowSpec { public int X { get; set; } [Step] protected Transition Start() { X = 1; return Next(End); } "
            + "[Step] protected void End() => Console.WriteLine(X); } public partial class F : B { }",
        "X")]
    [InlineData(
        "MF1048",
        "public abstract partial class B : FlowSpec { private int _x; [Step] protected Transition Start() { _x = 1; return Next(End); } "
            + "[Step] protected void End() => Console.WriteLine(_x); } public partial class F : B { }",
        "_x")]
    [InlineData(
        "MF1037",
        "public abstract partial class F<T> : FlowSpec where T : F<T> { [Step] Transition Join(Inputs<T> inputs) => Next(End); "
            + "[Step] void End() { } }",
        "Join")]
    [InlineData(
        "MF1009",
        "[Flow(Name = \"My Flow/x\")] public partial class F : FlowSpec { [Parameter(Name = \"learning-rate\")] public partial int X { "
            + "get; } [Step] void End() { } }",
        "\"My Flow/x\"")]
    [InlineData("MF1009", "[Flow(Name = \"\")] public partial class F : FlowSpec { [Step] void End() { } }", "\"\"")]
    [InlineData(
        "MF1030",
        "file sealed class SlowAttribute : DecoratorAttribute { } public partial class F : FlowSpec { [Step, Slow] void End() { } }",
        "Slow")]
    [InlineData("MF1030", "public class F : FlowSpec { [Step] void End() { } }")]
    [InlineData("MF1030", "file partial class F : FlowSpec { [Step] void End() { } }")]
    [InlineData("MF1030", "public class F : FlowSpec { public partial int X { get; set; } [Step] void End() { } }")]
    [InlineData("MF1030", "public class F : FlowSpec { [Parameter] public partial int X { get; } [Step] void End() { } }")]
    [InlineData(
        "MF1030",
        "public static class Outer { public partial class F : FlowSpec { public partial int X { get; set; } [Step] void End() { } } }",
        "Outer")]
    [InlineData("MF1030", "public class Outer { public partial class F : FlowSpec { [Step] void End() { } } }", "Outer")]
    public async Task A_mistake_in_a_class_is_told_at_its_name(string code, string source, string name = "F")
    {
        var flow = FlowCompilation.Of(source);
        var problem = Assert.Single(await flow.AnalyzeAsync());
        Mistakes.AssertBuildTells(flow, code);
        Assert.Equal((code, name), (problem.Id, source.Substring(problem.Location.SourceSpan.Start, problem.Location.SourceSpan.Length)));
    }

    [Fact]
    public async Task A_missing_end_and_an_empty_transition_are_both_told()
    {
        var problems = await FlowCompilation.Of(
            "public partial class F : FlowSpec { [Step] Transition Start() => Next(); [Step] void End() { } }").AnalyzeAsync();
        Assert.Contains(problems, problem => problem.Id == "MF1027");
    }

    [Theory]
    [InlineData("var all = [|Next(A, B)|]; return Next(A);")]
    [InlineData("[|Next(A, B)|]; return Next(Join);")]
    [InlineData("_ = [|Next(A, B)|]; return true ? Next(A) : Next(B);")]
    public async Task What_follows_from_a_transition_that_is_not_returned_is_not_told_too(string body)
    {
        var marked = MarkedSource.Parse(
            $"public partial class F : FlowSpec {{ [Step] Transition Start() {{ {body} }} [Step] Transition A() => Next(Join); "
                + "[Step] Transition B() => Next(Join); [Step] Transition Join(Inputs<F> inputs) => Next(End); [Step] void End() { } }");
        var problem = Assert.Single(await FlowCompilation.Of(marked.Text).AnalyzeAsync());
        Assert.Equal(("MF1010", marked.Place), (problem.Id, marked.TextAt(problem.Location.SourceSpan)));
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once()
    {
        var problems = await FlowCompilation.Of("""
            public partial class F : FlowSpec
            {
                private static int _count;
                [Step] Transition Start() => Next(Input, Gone);
                [Step] Transition Input() => Next(End);
                [Step] void End() { }
                public partial Action? Callback { get; set; }
            }
            """).AnalyzeAsync();
        Assert.Equal(["MF1039 (3,24)", "MF1004 (4,46)", "MF1001 (5,23)", "MF1038 (7,20)"], problems.Select(FlowCompilation.Show));
    }

    [Fact]
    public async Task A_step_without_a_transition_is_told_though_the_base_is_in_another_assembly()
    {
        var library = FlowCompilation.Of(
            "public partial class Base : FlowSpec { [Step] protected Transition Start() => Next(Work); [Step] protected virtual Transition "
                + "Work() => Next(End); [Step] protected void End() { } }");
        var marked = MarkedSource.Parse(
            "public partial class F : Base { protected override Transition [|Work|]() => base.Work(); } public partial class G : Base { "
                + "protected override Transition Work() => Next(End); }");
        var problem = Assert.Single(await FlowCompilation.Of(marked.Text, library: library).AnalyzeAsync());
        Assert.Equal(("MF1010", marked.Place), (problem.Id, marked.TextAt(problem.Location.SourceSpan)));
    }

    [Fact]
    public async Task A_mistake_in_a_base_flow_is_told_once()
    {
        var problems = await FlowCompilation.Of("""
            public partial class Base : FlowSpec
            {
                [Step] protected Transition Start() => Next(Lost, End);
                [Step] protected void End() { }
                [Step] protected Transition Lost() => Next(End);
            }
            public partial class F : Base { public partial int X { get; set; } }
            """).AnalyzeAsync();
        Assert.Single(problems);
    }
}
