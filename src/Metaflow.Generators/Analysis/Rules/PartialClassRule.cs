using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>The generator can write the other half of the class.</summary>
internal sealed class PartialClassRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) => Types(flow).Concat(Decorators(flow));

    private static IEnumerable<Diagnostic> Decorators(FlowClass flow) =>
        from symbol in FlowMembers.StepsOf(flow.Symbol).Prepend<ISymbol>(flow.Symbol)
        from attribute in symbol.GetAttributes()
        where MetaflowTypes.IsDecorator(attribute.AttributeClass) && DecoratorTexts.IsLocalToFile(attribute)
        select Descriptors.Report(
            RuleCodes.FlowNotPartial, Places.OfArgument(attribute, ""),
            $"The decorator '{attribute.AttributeClass!.Name}' of '{symbol.Name}' is local to its file.",
            "The source generator writes the other part of a flow, which names its decorators, into another file.",
            "Remove the modifier 'file' from the decorator.");

    private static IEnumerable<Diagnostic> Types(FlowClass flow)
    {
        foreach (var type in FlowDeclarations.SelfAndContainers(flow.Symbol))
        {
            var isFlow = SymbolEqualityComparer.Default.Equals(type, flow.Symbol);
            var place = isFlow ? flow.Place : GeneratedFiles.PlaceOf(type);
            if (type.IsFileLocal)
            {
                yield return Descriptors.Report(
                    RuleCodes.FlowNotPartial, place,
                    $"The class '{type.Name}' is local to its file.",
                    "The source generator writes the other part of a flow into another file.",
                    "Remove the modifier 'file'.");
            }
            else if (!FlowDeclarations.IsPartial(type))
            {
                yield return Descriptors.Report(
                    RuleCodes.FlowNotPartial, place,
                    isFlow
                        ? $"The flow '{type.Name}' is not partial."
                        : $"The type '{type.Name}' around the flow '{flow.Symbol.Name}' is not partial.",
                    "The source generator writes the other part of a flow.",
                    "Add the modifier 'partial'.");
            }
        }
    }
}
