using Metaflow.Commands;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Storage;

[assembly: MetaflowPlugin(typeof(SamplePlugins.SamplePlugin))]

namespace SamplePlugins;

/// <summary>Adds the parts of the package to every program that references it.</summary>
public sealed class SamplePlugin : IMetaflowPlugin
{
    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        registry.AddDecorator(Annex.Name, static () => new AnnexAttribute());
        registry.Add<ILauncherFactory>(Annex.Name, static () => new AnnexFactory());
        registry.AddSetting(Annex.Home);

        registry.AddDecorator(ElapsedAttribute.Name, static () => new ElapsedAttribute());
        registry.Add<Command<FlowContext>>(ElapsedAttribute.Name, static () => new ElapsedCommand());
        registry.AddSetting(ElapsedAttribute.Setting);

        registry.Add<IStoreFactory>(SqliteStore.Type, static () => new SqliteStoreFactory());
        registry.Add<IMetadataFactory>(SqliteStore.Type, static () => new SqliteMetadataFactory());
    }
}
