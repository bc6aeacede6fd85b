using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Tells the generator's files from the author's.</summary>
internal static class GeneratedFiles
{
    public static bool IsOurs(SyntaxTree tree) => tree.FilePath.EndsWith(".Metaflow.g.cs", StringComparison.Ordinal);

    /// <summary>Returns where the author declares a symbol.</summary>
    public static Location PlaceOf(ISymbol symbol)
        => symbol.Locations.FirstOrDefault(static place => place.SourceTree is { } tree && !IsOurs(tree)) ?? Location.None;
}
