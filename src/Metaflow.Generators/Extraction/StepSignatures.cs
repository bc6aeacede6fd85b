using Metaflow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Says how a step's method is called, and whether it can be.</summary>
internal static class StepSignatures
{
    /// <summary>Returns how to call a step, or <see langword="null"/> when its signature is not one of a step.</summary>
    public static StepSignature? Of(IMethodSymbol method)
    {
        if (method.IsGenericMethod || method.IsStatic || method.IsAbstract
            || ReturnOf(method) is not { } result || method.Parameters.Length > 1)
        {
            return null;
        }

        if (method.Parameters.Length == 0)
        {
            return new StepSignature(result, StepArgument.None, "");
        }

        var parameter = method.Parameters[0];
        if (parameter.RefKind != RefKind.None || parameter.Type.IsRefLikeType
            || parameter.Type.TypeKind is TypeKind.Error or TypeKind.Pointer)
        {
            return null;
        }

        if (!MetaflowTypes.Is(parameter.Type, "Inputs"))
        {
            return new StepSignature(result, StepArgument.Item, CSharpTypeName.Full(parameter.Type));
        }

        return ((INamedTypeSymbol)parameter.Type).TypeArguments.FirstOrDefault() is { IsAbstract: false } flow
            && flow is not ITypeParameterSymbol { HasConstructorConstraint: false } && MetaflowTypes.IsFlowOrParameter(flow)
            ? new StepSignature(result, StepArgument.Inputs, CSharpTypeName.Full(flow))
            : null;
    }

    /// <summary>Returns true if a method is asynchronous but returns a transition: the compiler refuses it, and speaks of tasks in
    /// general.</summary>
    public static bool IsAsyncWithoutTask(IMethodSymbol method) => method.IsAsync && MetaflowTypes.Is(method.ReturnType, "Transition");

    public static bool ReturnsNothing(IMethodSymbol method) => method.ReturnsVoid || IsTask(method.ReturnType, arity: 0);

    public static StepReturn? ReturnOf(IMethodSymbol method)
    {
        if (method.ReturnsVoid)
        {
            return method.IsAsync ? null : StepReturn.Nothing;
        }

        var type = method.ReturnType;
        var isTransition = (MetaflowTypes.Is(type, "Transition") && !IsAsyncWithoutTask(method))
            || (IsTask(type, arity: 1) && MetaflowTypes.Is(((INamedTypeSymbol)type).TypeArguments[0], "Transition"));
        return isTransition || IsTask(type, arity: 0) ? StepReturn.Result : null;
    }

    private static bool IsTask(ITypeSymbol type, int arity)
        => type is INamedTypeSymbol { Name: "Task", ContainingNamespace: { Name: "Tasks", ContainingNamespace.Name: "Threading" } } named
            && named.Arity == arity;
}
