using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Metaflow.Graph.Rules;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Says as the source is typed what is wrong with the values of decorators.</summary>
/// <remarks><c>check</c> says the same of those that are added at run time.</remarks>
internal sealed class DecoratorRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
        => FlowMembers.StepsOf(flow.Symbol).Prepend<ISymbol>(flow.Symbol).SelectMany(symbol => CheckValues(symbol, flow))
            .Concat(CheckCatch(flow));

    private static IEnumerable<Diagnostic> CheckValues(ISymbol symbol, FlowClass flow) =>
        from attribute in symbol.GetAttributes()
        let values = new DecoratorValues(attribute)
        where !values.HasErrors
        from mistake in Check(values, $"'{symbol.Name}'", flow)
        select Descriptors.Report(mistake.Code, Places.OfArgument(attribute, mistake.Argument), mistake.What, mistake.Why, mistake.Fix);

    /// <summary>The values that are not given here are the defaults of the attributes.</summary>
    private static IEnumerable<DecoratorMistake> Check(DecoratorValues values, string subject, FlowClass flow) => values.Kind switch
    {
        "RetryAttribute" => DecoratorRules.CheckRetries(subject, (int)values.Number("Times", 0))
            .Concat(DecoratorRules.CheckRetryWait(
                subject, values.Number("MinutesBetweenRetries", -1), values.Number("SecondsBetweenRetries", 0),
                values.Number("BackoffFactor", 1), values.Number("MaxSecondsBetweenRetries", 0), values.Number("Jitter", 0)))
            .Concat(DecoratorRules.CheckRetryNames(subject, "On", values.Texts("On")))
            .Concat(DecoratorRules.CheckRetryNames(subject, "NotOn", values.Texts("NotOn"))),
        "MaxParallelAttribute" => DecoratorRules.CheckMaxParallel(subject, (int)values.Number("Tasks", values.FirstNumber(1))),
        "TimeoutAttribute" => DecoratorRules.CheckTimeout(
            subject, values.Number("Hours", 0), values.Number("Minutes", 0), values.Number("Seconds", 0)),
        "ResourcesAttribute" => DecoratorRules.CheckResources(
            subject, values.Numbers(1, "Cpu", "MemoryMB"), values.Numbers(0, "Gpu", "DiskMB", "SharedMemoryMB")),
        "EnvironmentVariablesAttribute" => CheckVariables(subject, values.Given),
        "SecretsAttribute" => DecoratorRules.CheckSecrets(subject, values.Given),
        "ProjectAttribute" => DecoratorRules.CheckProject(
            values.Given.Count > 0 ? values.Given[0] ?? "" : "", values.Text("Branch"), static text => text.Contains("${")),
        "ScheduleAttribute" => DecoratorRules.CheckSchedule(
            values.Text("Cron")
                ?? (values.Flag("Weekly", false) || values.Flag("Hourly", false) || values.Flag("Daily", true) ? "0 0 * * ? *" : null),
            values.Text("Cron") is not null),
        "TriggerAttribute" => CheckTrigger(values, flow),
        "TriggerOnFinishAttribute" => DecoratorRules.CheckTriggers(values.Text("Flow"), values.Texts("Flows"), "flow"),
        "ExitHookAttribute" => CheckExitHook(values, flow),
        _ => [],
    };

    private static IEnumerable<DecoratorMistake> CheckVariables(string subject, IReadOnlyList<string?> given)
        => DecoratorRules.CheckVariables(
            subject,
            Enumerable.Range(0, given.Count / 2)
                .Select(pair => new KeyValuePair<string, string?>(given[pair * 2] ?? "", given[(pair * 2) + 1])),
            given.Count % 2 == 1 ? given[given.Count - 1] : null);

    private static IEnumerable<DecoratorMistake> CheckTrigger(DecoratorValues values, FlowClass flow)
    {
        var parameters = flow.Chain.SelectMany(FlowMembers.PropertiesOf)
            .Where(static property => FlowMembers.RoleOf(property) is PropertyRole.Parameter or PropertyRole.IncludeFile).ToList();
        return DecoratorRules.CheckTriggers(values.Text("Event"), values.Texts("Events"), "event").Concat(
            DecoratorRules.CheckTriggerParameters(
                values.Texts("Parameters"), [.. parameters.Select(FlowMembers.DiskNameOf)],
                [.. parameters.Select(static property => property.Name)]));
    }

    private static IEnumerable<DecoratorMistake> CheckExitHook(DecoratorValues values, FlowClass flow)
    {
        var (succeeded, failed) = (values.Texts("OnSuccess"), values.Texts("OnError"));
        return DecoratorRules.CheckExitHook(succeeded.Count + failed.Count, (int)values.Number("TimeoutSeconds", 300))
            .Concat(DecoratorRules.CheckExitMethods("OnSuccess", succeeded, CanBeCalled))
            .Concat(DecoratorRules.CheckExitMethods("OnError", failed, CanBeCalled));

        bool CanBeCalled(string name) => flow.Chain.SelectMany(type => type.GetMembers(name)).OfType<IMethodSymbol>()
            .Any(static method => method.Parameters.Length == 0 || (method.Parameters.Length == 1
                && method.Parameters[0].Type is { Name: "RunHandle", ContainingNamespace.Name: "Client" }));
    }

    /// <summary>The class's own attribute holds for the steps that have none.</summary>
    private static IEnumerable<Diagnostic> CheckCatch(FlowClass flow)
    {
        var ofClass = MetaflowTypes.AttributeOf(flow.Symbol, "CatchAttribute");
        var splits = flow.AllSteps.Where(step => flow.Graph.KindOf(step.Node)
            is StepKind.SplitForeach or StepKind.SplitParallel or StepKind.SplitSwitch);
        foreach (var step in splits)
        {
            var own = MetaflowTypes.AttributeOf(step.Method, "CatchAttribute");
            var isOfBase = !SymbolEqualityComparer.Default.Equals(step.Method.ContainingType, flow.Symbol);
            if ((isOfBase ? own is null ? ofClass : null : own ?? ofClass) is { } attribute)
            {
                yield return Descriptors.Report(
                    RuleCodes.CatchOnSplit, Places.OfArgument(attribute, ""),
                    $"Step '{step.Node.Name}' has [Catch] and moves on to a foreach or a switch.",
                    "A failed task has no items and makes no choice, so the run could not continue.",
                    "Move [Catch] to another step, or add a step before the split.");
            }
        }
    }
}
