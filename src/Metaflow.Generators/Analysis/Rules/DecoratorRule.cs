using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Says as the source is typed what the decorators say of themselves before a run.</summary>
internal sealed class DecoratorRule : IFlowRule
{
    /// <summary>The most retries, as <c>RetryAttribute.MaxTimes</c> says.</summary>
    private const int MaxTimes = 4;

    public IEnumerable<Diagnostic> Check(FlowClass flow)
        => FlowMembers.StepsOf(flow.Symbol).Prepend<ISymbol>(flow.Symbol).SelectMany(symbol => CheckRetry(symbol).Concat(CheckTimeout(symbol))).Concat(CheckCatch(flow));

    private static IEnumerable<Diagnostic> CheckRetry(ISymbol symbol)
    {
        if (MetaflowTypes.AttributeOf(symbol, "RetryAttribute") is { } attribute && MetaflowTypes.Named(attribute, "Times") is int times && times is < 0 or > MaxTimes)
        {
            yield return Descriptors.Report(
                Descriptors.TooManyRetries, Places.OfArgument(attribute, "Times"),
                $"'{symbol.Name}' asks for {times} retries.",
                $"A task has at most six attempts, so that retries can be 0 to {MaxTimes}.",
                $"Write [Retry(Times = {MaxTimes})] or less.");
        }
    }

    private static IEnumerable<Diagnostic> CheckTimeout(ISymbol symbol)
    {
        if (MetaflowTypes.AttributeOf(symbol, "TimeoutAttribute") is not { } attribute || attribute.NamedArguments.Any(static argument => argument.Value.Kind == TypedConstantKind.Error))
        {
            yield break;
        }

        var seconds = Number(attribute, "Seconds") + (60 * Number(attribute, "Minutes")) + (3600 * Number(attribute, "Hours"));
        if (seconds <= 0)
        {
            yield return Descriptors.Report(
                Descriptors.TimeoutNotPositive, Places.OfArgument(attribute, ""),
                $"The [Timeout] of '{symbol.Name}' is {seconds} seconds.",
                "A task needs some time to run.",
                "Give a positive number of seconds, minutes or hours.");
        }
    }

    private static long Number(AttributeData attribute, string name) => MetaflowTypes.Named(attribute, name) is int number ? number : 0;

    /// <summary>The class's own attribute holds for the steps that have none.</summary>
    private static IEnumerable<Diagnostic> CheckCatch(FlowClass flow)
    {
        var graph = new FlowGraph(flow.Symbol.Name, [.. flow.AllSteps.Select(static step => step.Node)]);
        var ofClass = MetaflowTypes.AttributeOf(flow.Symbol, "CatchAttribute");
        foreach (var step in flow.AllSteps.Where(step => graph.KindOf(step.Node) is StepKind.SplitForeach or StepKind.SplitParallel or StepKind.SplitSwitch))
        {
            var own = MetaflowTypes.AttributeOf(step.Method, "CatchAttribute");
            var isOfBase = !SymbolEqualityComparer.Default.Equals(step.Method.ContainingType, flow.Symbol);
            if ((isOfBase ? own is null ? ofClass : null : own ?? ofClass) is { } attribute)
            {
                yield return Descriptors.Report(
                    Descriptors.CatchOnSplit, Places.OfArgument(attribute, ""),
                    $"Step '{step.Node.Name}' has [Catch] and moves on to a foreach or a switch.",
                    "A failed task has no items and no choice, so that nothing can follow it.",
                    "Move [Catch] to another step, or put a step before the split.");
            }
        }
    }
}
