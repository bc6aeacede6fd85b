using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>What an assembly names as its plug-in can be registered by the programs that reference it.</summary>
internal static class PluginRule
{
    /// <summary>Checks an assembly.</summary>
    /// <param name="assembly">The assembly, as it is compiled.</param>
    /// <returns>The problems.</returns>
    public static IEnumerable<Diagnostic> Check(IAssemblySymbol assembly)
        => from plugin in PluginReader.Named(assembly)
           let problem = PluginReader.Problem(plugin.Type, assembly)
           where problem is not null
           select Descriptors.Report(
               RuleCodes.PluginNotRegistrable,
               plugin.Attribute.ApplicationSyntaxReference is { } syntax ? Location.Create(syntax.SyntaxTree, syntax.Span) : Location.None,
               $"The plug-in '{plugin.Type?.Name}' cannot be registered. {problem} Name a public class that implements IMetaflowPlugin.");
}
