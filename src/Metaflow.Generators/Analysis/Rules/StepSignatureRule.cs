using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A method marked as a step can be called as one.</summary>
internal sealed class StepSignatureRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) => FlowMembers.StepsOf(flow.Symbol)
        .Where(static method => !method.IsAbstract && StepSignatures.Of(method) is null && !HasUnknownTypes(method))
        .Select(static method => Descriptors.Report(
            RuleCodes.StepSignature, GeneratedFiles.PlaceOf(method),
            $"The method '{method.Name}' cannot be a step.",
            WhyNot(method),
            "Write a step as 'Transition Name()', 'Transition Name(TItem item)' or 'Transition Name(Inputs<TFlow> inputs)', or with "
                + "Task<Transition>. The last step returns 'void' or 'Task'."));

    // The compiler says so itself.
    private static bool HasUnknownTypes(IMethodSymbol method)
        => method.ReturnType.TypeKind == TypeKind.Error
            || method.Parameters.Any(static parameter => parameter.Type.TypeKind == TypeKind.Error);

    private static string WhyNot(IMethodSymbol method)
    {
        if (method.IsGenericMethod)
        {
            return "It is generic, so Metaflow would not know with which types to call it.";
        }

        if (method.IsStatic)
        {
            return "It is static, so it has no artifacts.";
        }

        if (method.Parameters.Length > 1)
        {
            return "It takes more than one argument.";
        }

        if (method is { IsAsync: true, ReturnsVoid: true })
        {
            return "It is 'async void', so Metaflow could not wait for its end.";
        }

        if (StepSignatures.IsAsyncWithoutTask(method))
        {
            return "It is 'async', so it returns a task: write 'async Task<Transition>'.";
        }

        var parameter = method.Parameters.FirstOrDefault();
        if (parameter is { RefKind: not RefKind.None } or { Type.IsRefLikeType: true } or { Type.TypeKind: TypeKind.Pointer })
        {
            return $"Its argument '{parameter.Name}' cannot be an item of a foreach.";
        }

        if (MetaflowTypes.Is(parameter?.Type, "Inputs") && ReturnsTransitionOrNothing(method))
        {
            return ((INamedTypeSymbol)parameter!.Type).TypeArguments.FirstOrDefault() is ITypeParameterSymbol flow
                ? $"Its inputs are objects of '{flow.Name}', which lacks the constraint 'new()'."
                : "Inputs must be of a flow class that is not abstract.";
        }

        return $"It returns '{CSharpTypeName.AsWritten(method.ReturnType)}'.";
    }

    private static bool ReturnsTransitionOrNothing(IMethodSymbol method) => StepSignatures.ReturnOf(method) is not null;
}
