using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Says that <c>[NuGet]</c> adds no reference to the compilation: a flow that uses a package references it as usual.</summary>
internal sealed class PackageReferenceRule : IFlowRule
{
    private const string Attribute = "NuGetAttribute";

    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from symbol in FlowMembers.StepsOf(flow.Symbol).Prepend<ISymbol>(flow.Symbol)
        from attribute in symbol.GetAttributes()
        where MetaflowTypes.Is(attribute.AttributeClass, Attribute)
        let id = attribute.ConstructorArguments.FirstOrDefault().Value as string
        where !string.IsNullOrEmpty(id) && !flow.Compilation.References.Any(reference => IsOf(reference, id))
        select Descriptors.Report(
            RuleCodes.PackageNotReferenced, Places.OfArgument(attribute, ""),
            $"[NuGet(\"{id}\")] chooses a version for the step, but the program does not reference the package.",
            "The attribute adds no reference to the compilation. Code that uses the package does not compile.",
            $"Add '#:package {id}@' with the version to compile with, or a PackageReference. If the code only loads it by reflection, "
                + "ignore this.");

    // NuGet's folders have the identifier in their names. A package of another name often has assemblies that begin with its identifier.
    private static bool IsOf(MetadataReference reference, string id)
        => reference.Display is { } path
            && path.Split('/', '\\').Any(part => part.Equals(id, StringComparison.OrdinalIgnoreCase)
                || part.StartsWith(id + ".", StringComparison.OrdinalIgnoreCase));
}
