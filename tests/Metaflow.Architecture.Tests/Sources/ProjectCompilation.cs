using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests.Sources;

/// <summary>The sources of a project, compiled so that names have meanings.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Compilation">Its compilation.</param>
internal sealed record ProjectCompilation(string Project, CSharpCompilation Compilation)
{
    // Several rules ask, and to find out takes half a minute for all projects.
    private readonly Lazy<IReadOnlyList<(SimpleNameSyntax Name, ISymbol Target)>> _ownNames = new(() => [.. NamesOf(Compilation)]);

    /// <summary>Gets the names in the sources that mean a type of the project or a member of one.</summary>
    public IReadOnlyList<(SimpleNameSyntax Name, ISymbol Target)> OwnNames => _ownNames.Value;

    private static IEnumerable<(SimpleNameSyntax Name, ISymbol Target)> NamesOf(Compilation compilation) =>
        from tree in compilation.SyntaxTrees
        let model = compilation.GetSemanticModel(tree)
        from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
        let target = TargetOf(model, name)
        where target is INamedTypeSymbol || target?.ContainingType is not null
        where SymbolEqualityComparer.Default.Equals(target.ContainingAssembly, compilation.Assembly)
        select (name, target);

    private static ISymbol? TargetOf(SemanticModel model, SimpleNameSyntax name)
    {
        var info = model.GetSymbolInfo(name);
        return info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
    }
}
