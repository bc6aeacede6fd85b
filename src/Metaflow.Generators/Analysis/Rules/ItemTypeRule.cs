using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>The items of a foreach are what the step takes. The compiler refuses others too, but speaks of delegates and inference.</summary>
internal sealed class ItemTypeRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from step in flow.OwnSteps
        from call in step.Calls
        where call.ItemType is not null
        from target in call.Targets
        let argument = target.Method?.Parameters.FirstOrDefault()?.Type
        where target.IsStep && argument is { TypeKind: not TypeKind.Error } && !MetaflowTypes.Is(argument, "Inputs") && !Fits(flow.Compilation, call.ItemType!, argument)
        select Descriptors.Report(
            RuleCodes.ItemTypeMismatch, call.Items!.GetLocation(),
            $"The items are of type '{CSharpTypeName.AsWritten(call.ItemType!)}'.",
            $"Step '{target.Method!.Name}' takes an item of type '{CSharpTypeName.AsWritten(argument)}'.",
            $"Give items of that type, or change the argument of '{target.Method.Name}'.");

    private static bool Fits(Compilation compilation, ITypeSymbol item, ITypeSymbol argument)
    {
        var conversion = compilation.ClassifyConversion(item, argument);
        return conversion.IsIdentity || conversion is { IsReference: true, IsImplicit: true };
    }
}
