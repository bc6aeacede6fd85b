namespace Metaflow.Plugins;

/// <summary>The plug-ins of this process. Generated code of each assembly that references some adds them before any other code of it runs.</summary>
/// <remarks>What a program references is fixed when it is built, and clients, flows and tasks have to see the same: this is the one list that grows for a whole process, while its assemblies are
/// loaded. See the decision record on plug-ins.</remarks>
public static class ProgramPlugins
{
    private static readonly Lock Gate = new();
    private static readonly List<Action<PluginRegistry>> Added = [];

    /// <summary>Gets what the plug-ins of this process have added by now, the framework's own parts among it.</summary>
    public static PluginRegistry Registry
    {
        get
        {
            var registry = new PluginRegistry().Use<LocalStorePlugin>();
            lock (Gate)
            {
                Added.ForEach(add => add(registry));
            }

            return registry;
        }
    }

    /// <summary>Adds a plug-in. Generated code calls it; adding the same one twice does no harm.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    public static void Add<TPlugin>()
        where TPlugin : IMetaflowPlugin
    {
        lock (Gate)
        {
            Added.Add(static registry => registry.Use<TPlugin>());
        }
    }
}
