using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>An artifact is data. What no serializer could ever store is refused here; the rest is decided at run time.</summary>
internal sealed class ArtifactTypeRule : IFlowRule
{
    private static readonly HashSet<string> Unstorable =
    [
        "System.IO.Stream", "System.IO.TextReader", "System.IO.TextWriter", "System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.ValueTask<TResult>", "System.Threading.Thread", "System.Reflection.MemberInfo", "System.Reflection.Assembly", "System.Reflection.Module",
        "System.Reflection.ParameterInfo",
    ];

    public IEnumerable<Diagnostic> Check(FlowClass flow) => Artifacts(flow).Concat(Items(flow));

    private static IEnumerable<Diagnostic> Artifacts(FlowClass flow)
    {
        foreach (var property in flow.Properties)
        {
            if (FindUnstorable(property.Type) is { } type)
            {
                var name = TypeText.AsWritten(type);
                yield return Descriptors.Report(
                    RuleCodes.UnstorableArtifact, FlowMembers.DeclarationOf(property)!.Type.GetLocation(),
                    $"The artifact '{property.Name}' holds a '{name}'.",
                    $"{Noun(type)} lives in one process and cannot be stored.",
                    "Keep the data that it is made from, or make it an ordinary property, which is not kept.");
            }
        }
    }

    /// <summary>The items of a foreach are stored as an artifact is.</summary>
    private static IEnumerable<Diagnostic> Items(FlowClass flow) =>
        from step in flow.OwnSteps
        from call in step.Calls
        where call.ItemType is not null
        let type = FindUnstorable(call.ItemType!)
        where type is not null
        select Descriptors.Report(
            RuleCodes.UnstorableArtifact, call.Items!.GetLocation(),
            $"The items of the foreach in '{step.Method.Name}' hold a '{TypeText.AsWritten(type!)}'.",
            $"{Noun(type!)} lives in one process and cannot be stored.",
            "Give items of the data that it is made from.");

    private static ITypeSymbol? FindUnstorable(ITypeSymbol type) => type switch
    {
        _ when IsUnstorable(type) => type,
        IArrayTypeSymbol array => FindUnstorable(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Select(FindUnstorable).FirstOrDefault(static found => found is not null),
        _ => null,
    };

    private static bool IsUnstorable(ITypeSymbol type)
        => type.TypeKind is TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer || type.IsRefLikeType
            || MetaflowTypes.BasesOf(type).Prepend(type).Any(static other => Unstorable.Contains(other.OriginalDefinition.ToDisplayString()))
            || type.SpecialType == SpecialType.System_Delegate;

    private static string Noun(ITypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Delegate => "A delegate",
        TypeKind.Pointer or TypeKind.FunctionPointer => "A pointer",
        _ => $"A '{type.Name}'",
    };
}
