using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>What a join loses, and what a merge would stumble over. The place is marked in the source.</summary>
public sealed class MergeTests
{
    private const string Artifacts =
        "public partial int X { get; set; } public partial int Y { get; set; } [Parameter] public partial int P { get; } "
            + "public int Plain { get; set; }";
    private const string Branch = "[Step] Transition Start() { X = 1; return Next(A, B); }";
    private const string Body = "[Step] Transition Start() { X = 1; return Next(A, forEach: new[] { 1, 2 }); }";
    private const string End = "[Step] void End() { }";

    [Theory]
    [InlineData(
        "MF1080",
        Branch
            + "[Step] Transition A() => Next(J); [Step] Transition B() => Next(J); [Step] Transition [|J|](Inputs<F> i) => Next(End); "
            + "[Step] void End() => Console.WriteLine(X);")]
    [InlineData(
        "MF1080",
        Body
            + "[Step] Transition A(int n) { Y = n; return Next(J); } [Step] Transition [|J|](Inputs<F> i) => Next(K); "
            + "[Step] Transition K() => Next(End); [Step] void End() => Console.WriteLine(X + Y);")]
    [InlineData(
        "MF1080",
        Body
            + "[Step] Transition A(int n) => Next(J); [Step] Transition [|J|](Inputs<F> i) { MergeArtifacts(i, exclude: [nameof(X)]); "
            + "return Next(End); } [Step] void End() => Console.WriteLine(X);")]
    [InlineData(
        "MF1080",
        Body
            + "[Step] Transition A(int n) { Y = 1; return Next(J); } [Step] Transition [|J|](Inputs<F> i) { MergeArtifacts(i, include: "
            + "[\"y\"]); return Next(End); } [Step] void End() => Console.WriteLine(X);")]
    [InlineData(
        "MF1081",
        Body
            + "[Step] Transition A(int n) { Y = n; return Next(J); } [Step] Transition J(Inputs<F> i) { [|MergeArtifacts(i)|]; "
            + "return Next(End); } " + End,
        "Warning")]
    [InlineData(
        "MF1081",
        Body
            + "[Step] Transition A(int n) { Y = Random.Shared.Next(); return Next(J); } [Step] Transition J(Inputs<F> i) { "
            + "[|MergeArtifacts(i)|]; return Next(End); } " + End,
        "Info")]
    [InlineData(
        "MF1081",
        Body
            + "[Step] Transition A(int n) { Y = n; return Next(J); } [Step] Transition J(Inputs<F> i) { [|MergeArtifacts(i, include: "
            + "[nameof(Y)])|]; return Next(End); } " + End,
        "Warning")]
    [InlineData(
        "MF1081",
        Branch
            + "[Step] Transition A() { Y = 1; return Next(J); } [Step] Transition B() { Y = 2; return Next(J); } "
            + "[Step] Transition J(Inputs<F> i) { Take(i); return Next(End); } void Take(Inputs<F> i) => [|MergeArtifacts(i)|]; " + End,
        "Warning")]
    [InlineData(
        "MF1081",
        Branch
            + "[Step] Transition A() { Y = P; return Next(J); } [Step] Transition B() { Y = P; return Next(J); } "
            + "[Step] Transition J(Inputs<F> i) { [|MergeArtifacts(i)|]; return Next(End); } " + End,
        "Info")]
    [InlineData(
        "MF1082",
        Branch
            + "[Step] Transition A() => Next(J); [Step] Transition B() => Next(J); [Step] Transition J(Inputs<F> i) { MergeArtifacts(i, "
            + "exclude: [[|nameof(Plain)|]]); return Next(End); } " + End,
        "Warning")]
    [InlineData(
        "MF1082",
        Branch
            + "[Step] Transition A() => Next(J); [Step] Transition B() => Next(J); [Step] Transition J(Inputs<F> i) { MergeArtifacts(i, "
            + "include: new[] { \"x\", [|\"P\"|] }); return Next(End); } " + End,
        "Warning")]
    [InlineData(
        "MF1083",
        Branch
            + "[Step] Transition A() => Next(J); [Step] Transition B() => Next(J); [Step] Transition J(Inputs<F> i) { [|MergeArtifacts(i, "
            + "[\"x\"], [\"y\"])|]; return Next(End); } " + End,
        "Error")]
    public async Task A_mistake_in_a_join_is_told_at_its_place(string code, string members, string severity = "Warning")
    {
        var marked = MarkedSource.Parse($"public partial class F : FlowSpec {{ {Artifacts} {members} }}");
        var problem = Assert.Single(await FlowCompilation.Of(marked.Text).AnalyzeAsync());
        Assert.Equal((code, marked.Place, severity), (problem.Id, marked.TextAt(problem.Location.SourceSpan), problem.Severity.ToString()));
        Assert.Matches(@"^[^.]+.*\. .+\. .+\.$", problem.GetMessage(null));
    }

    [Theory]
    [InlineData(
        "the join merges",
        Branch
            + "[Step] Transition A() { Y = 1; return Next(J); } [Step] Transition B() => Next(J); [Step] Transition J(Inputs<F> i) { "
            + "MergeArtifacts(i); Plain = X + Y; return Next(End); } [Step] void End() => Console.WriteLine(X + Y);")]
    [InlineData(
        "the join sets it first",
        Body
            + "[Step] Transition A(int n) { Y = n; return Next(J); } [Step] Transition J(Inputs<F> i) { Y = i.Sum(n => n.Y); "
            + "MergeArtifacts(i); return Next(End); } [Step] void End() => Console.WriteLine(X + Y);")]
    [InlineData(
        "one constant for all items",
        Body
            + "[Step] Transition A(int n) { Y = 5; return Next(J); } [Step] Transition J(Inputs<F> i) { MergeArtifacts(i); "
            + "return Next(End); } " + End)]
    [InlineData(
        "branches agree",
        Branch
            + "[Step] Transition A() { Y = 5; return Next(J); } [Step] Transition B() { Y = 5; return Next(J); } "
            + "[Step] Transition J(Inputs<F> i) { MergeArtifacts(i); return Next(End); } " + End)]
    [InlineData(
        "unknown names",
        Body
            + "[Step] Transition A(int n) { Y = n; return Next(J); } [Step] Transition J(Inputs<F> i) { MergeArtifacts(i, exclude: "
            + "Names()); return Next(End); } string[] Names() => [\"y\"]; [Step] void End() => Console.WriteLine(X);")]
    [InlineData(
        "a nested join drops it",
        Branch
            + "[Step] Transition A() => Next(C, forEach: new[] { 1 }); [Step] Transition C(int n) { Y = n; return Next(K); } "
            + "[Step] Transition K(Inputs<F> i) { X = 2; return Next(J); } [Step] Transition B() { X = 2; return Next(J); } "
            + "[Step] Transition J(Inputs<F> i) { MergeArtifacts(i); return Next(End); } " + End)]
    public async Task A_join_that_works_is_left_alone(string why, string members)
    {
        var problems = await FlowCompilation.Of($"public partial class F : FlowSpec {{ {Artifacts} {members} }}").AnalyzeAsync();
        Assert.True(problems.All(problem => problem.Id == "MF1048"), $"{why}: {string.Join('\n', problems)}");
    }
}
