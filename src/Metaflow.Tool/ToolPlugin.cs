using Metaflow.Plugins;
using Metaflow.Stores;

namespace Metaflow.Tool;

/// <summary>The plug-ins that the tool ships with, added by the call that generated code of a flow program makes.</summary>
internal sealed class ToolPlugin : IMetaflowPlugin
{
    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        registry.Use<LocalStorePlugin>();
        registry.Remedy =
            "This tool has only the types that it ships with. Ask the flow program, which has those of its packages, as 'dotnet "
                + "run flow.cs -- runs'.";
    }
}
