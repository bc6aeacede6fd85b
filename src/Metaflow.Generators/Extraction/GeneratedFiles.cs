using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Tells the generators' files from the author's.</summary>
internal static class GeneratedFiles
{
    /// <summary>Returns true if a file is the other half of a flow.</summary>
    public static bool IsOurs(SyntaxTree tree) => tree.FilePath.EndsWith(".Metaflow.g.cs", StringComparison.Ordinal);

    /// <summary>Returns true if one of Metaflow's generators wrote a file: the compiler puts their assembly's name into its
    /// path.</summary>
    public static bool IsWrittenByUs(SyntaxTree tree)
        => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) && tree.FilePath.Contains(MetaflowTypes.ToolName);

    /// <summary>Returns where the author declares a symbol.</summary>
    public static Location PlaceOf(ISymbol symbol)
        => symbol.Locations.FirstOrDefault(static place => place.SourceTree is { } tree && !IsOurs(tree)) ?? Location.None;
}
