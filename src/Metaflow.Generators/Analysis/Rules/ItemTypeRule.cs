using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>The items of a foreach are what the step takes. The compiler refuses others too, but speaks of delegates and
/// inference.</summary>
internal sealed class ItemTypeRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) => CheckItems(flow).Concat(CheckSequences(flow));

    private static IEnumerable<Diagnostic> CheckItems(FlowClass flow) =>
        from step in flow.OwnSteps
        from call in step.Calls
        let items = flow.ItemTypeOf(call)
        where items is not null
        from target in call.Targets
        where target.IsStep
        let method = flow.MethodOf(target)
        let argument = method?.Parameters.FirstOrDefault()?.Type
        where argument is { TypeKind: not TypeKind.Error } && !MetaflowTypes.Is(argument, "Inputs")
            && !Fits(flow.Compilation, items, argument)
        select Descriptors.Report(
            RuleCodes.ItemTypeMismatch, call.Items!.GetLocation(),
            $"The items are of type '{CSharpTypeName.AsWritten(items)}'.",
            $"Step '{method.Name}' takes an item of type '{CSharpTypeName.AsWritten(argument)}'.",
            $"Give items of that type, or change the argument of '{method.Name}'.");

    // Who writes 'forEach: 10' means ten tasks.
    private static IEnumerable<Diagnostic> CheckSequences(FlowClass flow) =>
        from step in flow.OwnSteps
        from call in step.Calls
        let type = call.Items is { } items && flow.ItemTypeOf(call) is null ? flow.TypeOf(items) : null
        where type is { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_Double }
        select Descriptors.Report(
            RuleCodes.ItemTypeMismatch, call.Items!.GetLocation(),
            $"The value of 'forEach' is of type '{CSharpTypeName.AsWritten(type)}', which has no items.",
            "A foreach starts a task for each item of a sequence.",
            $"Write 'forEach: Enumerable.Range(0, {call.Items})' for so many tasks.");

    private static bool Fits(Compilation compilation, ITypeSymbol item, ITypeSymbol argument)
    {
        var conversion = compilation.ClassifyConversion(item, argument);
        return conversion.IsIdentity || conversion is { IsReference: true, IsImplicit: true };
    }
}
