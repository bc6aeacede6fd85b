using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>The items of a foreach are what the step takes. The compiler refuses others too, but speaks of delegates and
/// inference.</summary>
internal sealed class ItemTypeRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
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

    private static bool Fits(Compilation compilation, ITypeSymbol item, ITypeSymbol argument)
    {
        var conversion = compilation.ClassifyConversion(item, argument);
        return conversion.IsIdentity || conversion is { IsReference: true, IsImplicit: true };
    }
}
