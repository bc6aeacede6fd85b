using Metaflow.Naming;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>The artifacts that the Python file of a step reads and sets, by their names on disk.</summary>
/// <param name="Inputs">Those that it reads.</param>
/// <param name="Outputs">Those that it sets.</param>
internal sealed record PythonArtifacts(IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>Returns the artifacts of a step's Python file.</summary>
    /// <param name="method">The step's method.</param>
    /// <param name="flow">The flow's class.</param>
    /// <returns>The artifacts; none of a step without such a file.</returns>
    public static PythonArtifacts Of(IMethodSymbol method, INamedTypeSymbol flow)
    {
        var attribute = MetaflowTypes.AttributeOf(method, "PythonStepAttribute");
        return new PythonArtifacts(Names(attribute, "Inputs", flow), Names(attribute, "Outputs", flow));
    }

    private static IReadOnlyList<string> Names(AttributeData? attribute, string member, INamedTypeSymbol flow)
        => attribute?.NamedArguments.FirstOrDefault(argument => argument.Key == member).Value is { Kind: TypedConstantKind.Array } array
            ? [.. array.Values.Select(static value => value.Value).OfType<string>().Select(name => OnDisk(name, flow))] : [];

    private static string OnDisk(string name, INamedTypeSymbol flow)
        => MetaflowTypes.ChainOf(flow).SelectMany(type => type.GetMembers(name)).OfType<IPropertySymbol>().LastOrDefault() is { } property
            ? FlowMembers.DiskNameOf(property) : SnakeCase.FromMember(name);
}
