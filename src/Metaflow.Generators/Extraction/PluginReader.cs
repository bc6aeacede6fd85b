using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Finds the plug-ins that assemblies name with an attribute.</summary>
internal static class PluginReader
{
    private const string Framework = "Metaflow.Core";
    private const string AttributeName = "Metaflow.Plugins.MetaflowPluginAttribute";

    /// <summary>Finds those of a compilation and of what it references.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <returns>The plug-ins.</returns>
    public static EquatableList<string> Read(Compilation compilation)
    {
        // Nearly no reference refers to the framework, which is all that is asked of most.
        var assemblies = compilation.SourceModule.ReferencedAssemblySymbols
            .Where(static assembly => assembly.Modules.Any(static module => module.ReferencedAssemblies.Any(static reference => reference.Name == Framework)))
            .Append(compilation.Assembly);
        var types = assemblies.SelectMany(static assembly => assembly.GetAttributes())
            .Where(static attribute => attribute.AttributeClass?.ToDisplayString() == AttributeName)
            .Select(static attribute => attribute.ConstructorArguments.FirstOrDefault().Value is INamedTypeSymbol type ? type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) : null)
            .OfType<string>().Distinct().OrderBy(static type => type, StringComparer.Ordinal);
        return new EquatableList<string>([.. types]);
    }
}
