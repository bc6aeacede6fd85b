namespace Metaflow.Plugins;

/// <summary>The plug-ins of this process. Generated code of each assembly that references some adds them before any other code of it runs.</summary>
/// <remarks>The one thing of the framework that a process changes for all: what a program references is fixed when it is built, and
/// clients, flows and tasks have to see the same. See the decision record on plug-ins.</remarks>
public static class ProgramPlugins
{
    private static readonly Lock _gate = new();
    private static readonly List<Action<PluginRegistry>> _added = [];
    private static PluginRegistry? _registry;

    /// <summary>Gets what the plug-ins of this process have added, the framework's own parts among it.</summary>
    public static PluginRegistry Registry
    {
        get
        {
            lock (_gate)
            {
                return _registry ??= Build(_added);
            }
        }
    }

    /// <summary>Adds a plug-in. Generated code calls it; adding the same one twice does no harm.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    public static void Add<TPlugin>()
        where TPlugin : IMetaflowPlugin
    {
        lock (_gate)
        {
            _added.Add(static registry => registry.Use<TPlugin>());

            // An assembly that was loaded later brings its own; who has the registry of before keeps it.
            _registry = null;
        }
    }

    private static PluginRegistry Build(List<Action<PluginRegistry>> added)
    {
        var registry = new PluginRegistry().Use<LocalStorePlugin>();
        added.ForEach(add => add(registry));
        return registry;
    }
}
