using Metaflow.Graph;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Writes the decorators of a step or a flow as expressions, an author's own included.</summary>
internal static class DecoratorTexts
{
    /// <summary>Returns the decorators of a step or a flow.</summary>
    /// <param name="symbol">The step's method, or the flow's class.</param>
    /// <param name="flow">The flow's class, whose artifacts decorators may name.</param>
    public static EquatableList<string> Of(ISymbol symbol, INamedTypeSymbol flow) => new(
        symbol.GetAttributes().Where(static attribute => MetaflowTypes.IsDecorator(attribute.AttributeClass)).Select(attribute => Of(attribute, flow)).OfType<string>());

    /// <summary>Returns the name on disk of the artifact that <c>[Catch]</c> stores the failure in, or <see langword="null"/>.</summary>
    public static string? CaughtBy(AttributeData? attribute, INamedTypeSymbol flow)
    {
        if (MetaflowTypes.Text(attribute, "Var") is not { } member)
        {
            return null;
        }

        var property = MetaflowTypes.ChainOf(flow).SelectMany(type => type.GetMembers(member)).OfType<IPropertySymbol>().LastOrDefault();
        return property is null ? SnakeCase.FromMember(member) : FlowMembers.DiskNameOf(property);
    }

    private static string? Of(AttributeData attribute, INamedTypeSymbol flow)
    {
        var text = ConstantText.Of(attribute);
        return text is not null && MetaflowTypes.Is(attribute.AttributeClass, "CatchAttribute") && CaughtBy(attribute, flow) is { } name
            && name != SnakeCase.FromMember(MetaflowTypes.Text(attribute, "Var")!)
            ? $"{text.Substring(0, text.Length - 1).TrimEnd()}, ArtifactName = {TypeText.Literal(name)} }}"
            : text;
    }
}
