using Metaflow.Commands;
using Metaflow.Plugins;

[assembly: MetaflowPlugin(typeof(PluginNamespace.PluginClass))]

namespace PluginNamespace;

/// <summary>Adds what the package has to every program that references it.</summary>
public sealed class PluginClass : IMetaflowPlugin
{
    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        registry.AddDecorator(TimedAttribute.Name, static () => new TimedAttribute());
        registry.Add<Command<FlowContext>>(TimingsCommand.Name, static () => new TimingsCommand());
    }
}
