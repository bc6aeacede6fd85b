using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Finds the plug-ins that assemblies name with an attribute.</summary>
internal static class PluginReader
{
    private const string Framework = "Metaflow.Core";
    private const string Contract = "Metaflow.Plugins.IMetaflowPlugin";
    private const string AttributeName = "Metaflow.Plugins.MetaflowPluginAttribute";

    /// <summary>Finds those of a compilation and of what it references.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <returns>The plug-ins.</returns>
    public static EquatableList<string> Read(Compilation compilation)
    {
        // Nearly no reference refers to the framework, which is all that is asked of most.
        var assemblies = compilation.SourceModule.ReferencedAssemblySymbols
            .Where(static assembly =>
                assembly.Modules.Any(static module => module.ReferencedAssemblies.Any(static reference => reference.Name == Framework)))
            .Append(compilation.Assembly);
        var types = assemblies.SelectMany(static assembly => Named(assembly))
            .Where(plugin => Problem(plugin.Type, compilation.Assembly) is null)
            .Select(static plugin => plugin.Type!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat))
            .Distinct().OrderBy(static type => type, StringComparer.Ordinal);
        return new EquatableList<string>([.. types]);
    }

    /// <summary>Returns true if a compilation makes a program that can run flows.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsProgram(Compilation compilation)
        => compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication
            && compilation.ReferencedAssemblyNames.Any(static assembly => assembly.Name == "Metaflow");

    /// <summary>Returns what an assembly names as its plug-ins.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>Each type, or <see langword="null"/> if it is not a type, with the attribute that names it.</returns>
    public static IEnumerable<(INamedTypeSymbol? Type, AttributeData Attribute)> Named(IAssemblySymbol assembly) => assembly.GetAttributes()
        .Where(static attribute => attribute.AttributeClass?.ToDisplayString() == AttributeName)
        .Select(static attribute => (attribute.ConstructorArguments.FirstOrDefault().Value as INamedTypeSymbol, attribute));

    /// <summary>Says why a type cannot be registered as a plug-in: what is registered there would not compile.</summary>
    /// <param name="type">The type.</param>
    /// <param name="by">The assembly that would register it.</param>
    /// <returns>The reason, as a sentence; <see langword="null"/> when it can be registered.</returns>
    public static string? Problem(INamedTypeSymbol? type, IAssemblySymbol by)
    {
        if (type is not { TypeKind: TypeKind.Class or TypeKind.Struct, IsStatic: false })
        {
            return "It is not a class.";
        }

        if (!type.AllInterfaces.Any(static contract => contract.ToDisplayString() == Contract))
        {
            return "It does not implement 'IMetaflowPlugin'.";
        }

        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsGenericType || current.IsFileLocal)
            {
                return "It has type parameters, or is file-local.";
            }

            if (current.DeclaredAccessibility != Accessibility.Public && !SeesInternals(current, by))
            {
                return $"'{current.Name}' is not public, so a program that references the package cannot register it.";
            }
        }

        return null;
    }

    // What nobody references, a program, may keep its plug-ins to itself.
    private static bool SeesInternals(INamedTypeSymbol type, IAssemblySymbol by)
        => type.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal
            && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, by)
            && by is ISourceAssemblySymbol { Compilation.Options.OutputKind: not OutputKind.DynamicallyLinkedLibrary };
}
