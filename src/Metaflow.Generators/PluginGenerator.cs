using Metaflow.Generators.Emission;
using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators;

/// <summary>Writes what registers the plug-ins of the packages that an assembly references, and the decorators that its author wrote,
/// before any other code of the assembly runs: in the process that launches a run and in those of its tasks.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class PluginGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var own = context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => node is TypeDeclarationSyntax { BaseList: not null }
                and (ClassDeclarationSyntax or RecordDeclarationSyntax),
            static (candidate, cancellation) => candidate.SemanticModel.GetDeclaredSymbol(
                candidate.Node, cancellation) is INamedTypeSymbol type ? OwnPartReader.Read(type) : null)
            .Where(static part => part is not null)
            .Collect()
            .Select(static (parts, _) =>
                new EquatableList<string>([.. parts.OfType<string>().Distinct().OrderBy(static part => part, StringComparer.Ordinal)]));
        var plugins = context.CompilationProvider.Select(static (compilation, _) => PluginReader.Read(compilation))
            .Combine(context.CompilationProvider.Select(static (compilation, _) => PluginReader.IsProgram(compilation)))
            .Combine(own).Select(static (all, _) => new PluginsModel(all.Left.Left, all.Right, all.Left.Right));
        context.RegisterSourceOutput(plugins, static (output, found) =>
        {
            if (found.Types.Count + found.OwnParts.Count > 0 || found.IsProgram)
            {
                output.AddSource("Metaflow.Plugins.g.cs", PluginsWriter.Write(found));
            }
        });
    }
}
