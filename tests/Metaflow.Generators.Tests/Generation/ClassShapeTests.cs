using Metaflow.Artifacts;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Generation;

/// <summary>Classes of every shape an author may write.</summary>
public sealed class ClassShapeTests
{
    [Fact]
    public async Task A_base_flow_gives_its_steps_and_artifacts_to_the_derived_one()
    {
        var flow = FlowCompilation.Of("""
            namespace My.Flows;

            [Retry(Times = 1)]
            public abstract partial class BaseFlow : FlowSpec
            {
                public partial string Model { get; set; }
                public virtual partial int Count { get; set; }
                [Step] Transition Start() { Model = "m"; Count = 1; return Next(Train); }
                [Step, Retry] protected virtual Transition Train() => Next(End);
                [Step] void End() => Console.WriteLine(Model);
            }

            [Flow(Name = "Other")]
            public partial class DerivedFlow : BaseFlow
            {
                public override partial int Count { get; set; }
                public partial double Score { get; set; }
                [Timeout(Minutes = 1)] protected override Transition Train() { Score = Count; return Next(Evaluate); }
                [Step] Transition Evaluate() => Next(Finish);
                [Step(End = true, Name = "the_end")] Task Finish() => Task.CompletedTask;
            }
            """);
        AssertClean(flow);
        var derived = flow.Load("My.Flows.DerivedFlow");
        var definition = FlowGeneratorTests.Define(derived);
        Assert.Equal("Other", definition.FlowName);
        Assert.Equal(["start", "train", "end", "evaluate", "the_end"], definition.Graph.Steps.Select(step => step.Name));
        Assert.Equal(["evaluate"], definition.Graph.NextOf(definition.Graph.Find("train")!));
        Assert.Equal(["timeout"], definition.Graph.Find("train")!.Decorators.Select(decorator => decorator.Name));
        Assert.Equal(["train"], (await derived.InvokeStepAsync("start", new FixedInvocation(null)))!.Steps);
        Assert.Equal(["evaluate"], (await derived.InvokeStepAsync("train", new FixedInvocation(null)))!.Steps);
        Assert.Null(await derived.InvokeStepAsync("the_end", new FixedInvocation(null)));
        var cells = new List<ArtifactCell>();
        derived.CollectCells(cells);
        Assert.Equal(["model", "count", "score"], cells.Select(cell => cell.Name));
    }

    [Fact]
    public void Flows_may_be_named_as_keywords_and_differ_in_case_alone()
    {
        var flow = FlowCompilation.Of("""
            namespace My.@event
            {
                public partial class Sales : FlowSpec { [Step] void End() { } }
                public partial class SALES : FlowSpec { [Step] void End() { } }
                public partial class @class : FlowSpec { [Step] void End() { } }
                public static partial class Outer { public partial class F : FlowSpec { [Step] void End() { } } }
                public static partial class OUTER { public partial class F : FlowSpec { [Step] void End() { } } }
            }
            """);
        AssertClean(flow);
        Assert.Equal(
            ["My.event.OUTER.F.Metaflow.g.cs", "My.event.Outer.F-1.Metaflow.g.cs", "My.event.SALES.Metaflow.g.cs",
                "My.event.Sales-1.Metaflow.g.cs", "My.event.class.Metaflow.g.cs"],
            flow.Driver.GetRunResult().GeneratedTrees.Select(tree => Path.GetFileName(tree.FilePath)).Order(StringComparer.Ordinal));
        Assert.Equal("class", flow.Load("My.event.class").FlowName);
    }

    [Fact]
    public void A_flow_may_be_nested_and_generic()
    {
        var flow = FlowCompilation.Of("""
            namespace A.B
            {
                public partial class Outer<T>
                {
                    internal partial record Inner
                    {
                        internal partial class Flow<TItem> : FlowSpec where TItem : class
                        {
                            public partial TItem? Item { get; set; }
                            public required partial List<T?> @class { get; set; }
                            public partial dynamic Anything { get; set; }
                            [Step] Transition Start() => Next(Work, forEach: new TItem[2]);
                            [Step] Transition Work(TItem item) { Item = item; return Next(Join); }
                            [Step] Transition Join(Inputs<Single<T>> inputs) => Next(End);
                            [Step] async Task End() => await Task.Yield();
                        }
                    }
                }

                public partial class Single<T> : FlowSpec
                {
                    [Step] void @do() { }
                }
            }
            """);
        AssertClean(flow);
    }

    [Fact]
    public void A_flow_in_several_parts_is_generated_once()
    {
        var flow = FlowCompilation.Of("""
            public partial class F : FlowSpec { [Step] void End() { } }
            public partial class F : FlowSpec { public partial int X { get; private set; } }
            public partial class F { private partial string? Y { get; set; } [Step] Transition Start() { X = 1; Y = null; return Next(End); } }
            """);
        AssertClean(flow);
        Assert.Single(flow.GeneratedTexts);
    }

    [Fact]
    public void Nothing_is_generated_for_a_class_that_is_not_partial_or_not_a_flow()
    {
        Assert.Empty(FlowCompilation.Of("public class F : FlowSpec { [Step] void End() { } }").GeneratedTexts);
        Assert.Empty(FlowCompilation.Of("class Outer { partial class F : FlowSpec { [Step] void End() { } } }").GeneratedTexts);
        Assert.Empty(FlowCompilation.Of("file partial class F : FlowSpec { [Step] void End() { } }").GeneratedTexts);
        Assert.Empty(FlowCompilation.Of("public partial class F : List<int> { }").GeneratedTexts);
    }

    [Fact]
    public void A_property_that_the_author_implements_is_left_alone()
    {
        var flow = FlowCompilation.Of("""
            public partial class F : FlowSpec
            {
                public partial int X { get; }
                public partial int X => 1;
                [Step] void End() { }
            }
            """);
        AssertClean(flow);
        Assert.Empty(FlowGeneratorTests.Define(flow.Load("F")).Artifacts);
    }

    [Fact]
    public void An_authors_own_decorator_is_made_again_with_all_it_was_given()
    {
        var flow = FlowCompilation.Of("""
            public enum Level { Low = -1, High = 1 }
            [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
            public sealed class AuditAttribute(string name, params int[] levels) : DecoratorAttribute
            {
                public Level Level { get; set; }
                public Type? Type { get; set; }
                public double Rate { get; set; }
                public object? Any { get; set; }
                public char Letter { get; set; }
                public override string DecoratorName => "audit";
                public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
                    [new("text", $"{name} {string.Join('+', levels)} {Level} {Type?.Name} {Rate} {Any} {Letter}")];
            }
            public partial class F : FlowSpec
            {
                [Step, Audit("a\"\n", 1, -2, Level = Level.Low, Type = typeof(List<>), Rate = double.NaN, Any = long.MinValue, Letter = '\''), Audit("b")]
                void End() { }
            }
            """);
        AssertClean(flow);
        var decorators = FlowGeneratorTests.Define(flow.Load("F")).Graph.Steps[0].Decorators;
        Assert.Equal("a\"\n 1+-2 Low List`1 NaN -9223372036854775808 '", decorators[0].Attributes[0].Value);
        Assert.StartsWith("b  0  0", (string)decorators[1].Attributes[0].Value!, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_of_the_same_shape_as_the_design_become_the_same_graph()
    {
        var graph = FlowGeneratorTests.Define(FlowCompilation.Of("""
            public partial class F : FlowSpec
            {
                public partial List<int> Items { get; set; }
                [Step] Transition Start() => Next([A, this.B]);
                [Step] Transition A() { Items = [1]; return Next(Body, forEach: (this.Items!)); }
                [Step] Transition B() { if (DateTime.Now.Ticks > 0) { return Next(Outer); } return Next(Outer); }
                [Step] Transition Body(int item) => item switch { 0 => Next(Body2), _ => Next(Body3) };
                [Step] Transition Body2() => Next(Inner);
                [Step] Transition Body3() => Next(Body3b, Enumerable.Range(0, 2));
                [Step] Transition Body3b(int item) => Next(Inner3);
                [Step] Transition Inner3(Inputs<F> inputs) => Next(Inner);
                [Step] Transition Inner(Inputs<F> inputs) => Next(Outer);
                [Step] Transition Outer(Inputs<F> inputs) => Next(End);
                [Step] void End() { }
            }
            """).Load("F")).Graph;
        Assert.Equal(StepKind.SplitStatic, graph.KindOf(graph.Find("start")!));
        Assert.Equal("items", graph.Find("a")!.Transitions[0].ForeachArtifact);
        Assert.Equal(StepKind.Linear, graph.KindOf(graph.Find("b")!));
        Assert.Equal(StepKind.SplitSwitch, graph.KindOf(graph.Find("body")!));
        Assert.Equal("_foreach_items", graph.Find("body3")!.Transitions[0].ForeachArtifact);
        Assert.Equal("outer", graph.MatchingJoinOf(graph.Find("start")!));
    }

    private static void AssertClean(FlowCompilation flow)
        => Assert.DoesNotContain(flow.CompilerProblems(), problem => !problem.StartsWith("CS1591", StringComparison.Ordinal));
}
