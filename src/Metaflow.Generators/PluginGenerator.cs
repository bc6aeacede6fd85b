using Metaflow.Generators.Emission;
using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators;

/// <summary>Writes what registers the plug-ins of the packages that an assembly references, before any other code of the assembly runs: in the process that launches a run and in those of its tasks.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class PluginGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var plugins = context.CompilationProvider.Select(static (compilation, _) => PluginReader.Read(compilation));
        context.RegisterSourceOutput(plugins, static (output, found) =>
        {
            if (found.Types.Count > 0)
            {
                output.AddSource("Metaflow.Plugins.g.cs", PluginsWriter.Write(found));
            }
        });
    }
}
