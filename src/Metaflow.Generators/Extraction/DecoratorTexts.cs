using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Writes the decorators of a step or a flow as expressions, an author's own included.</summary>
internal static class DecoratorTexts
{
    public static EquatableList<string> Of(ISymbol symbol) => new(
        symbol.GetAttributes().Where(static attribute => MetaflowTypes.IsDecorator(attribute.AttributeClass)).Select(ConstantText.Of).OfType<string>());
}
