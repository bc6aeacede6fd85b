using System.Runtime.CompilerServices;

namespace Metaflow.Plugins;

/// <summary>The plug-ins of this process. Generated code of each assembly that references some adds them before any other code of it runs.</summary>
/// <remarks>What a program references is fixed when it is built, and clients, flows and tasks have to see the same: this is the one list that grows for a whole process, while its assemblies are
/// loaded. See the decision record on plug-ins.</remarks>
public static class ProgramPlugins
{
    private static readonly Lock Gate = new();
    private static readonly List<(Type Plugin, Action<PluginRegistry> Use)> Added = [];
    private static readonly StrongBox<PluginRegistry?> Made = new();

    /// <summary>Gets what the plug-ins of this process have added by now, the framework's own parts among it. Nothing can be added to it directly.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2048: two plug-ins add parts of one name.</exception>
    public static PluginRegistry Registry
    {
        get
        {
            if (Volatile.Read(ref Made.Value) is { } known)
            {
                return known;
            }

            lock (Gate)
            {
                return Made.Value ??= Make();
            }
        }
    }

    /// <summary>Gets the plug-ins that were added by now, in their order.</summary>
    public static IReadOnlyList<Type> Plugins
    {
        get
        {
            lock (Gate)
            {
                return [.. Added.Select(static added => added.Plugin)];
            }
        }
    }

    /// <summary>Adds a plug-in for the whole process. Generated code calls it; adding the same one twice does no harm.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    public static void Add<TPlugin>()
        where TPlugin : IMetaflowPlugin
    {
        lock (Gate)
        {
            if (!Added.Exists(static added => added.Plugin == typeof(TPlugin)))
            {
                Added.Add((typeof(TPlugin), static registry => registry.Use<TPlugin>()));
                Volatile.Write(ref Made.Value, null);
            }
        }
    }

    // By index, because a plug-in may bring others along.
    private static PluginRegistry Make()
    {
        var registry = new PluginRegistry();
        for (var i = 0; i < Added.Count; i++)
        {
            Added[i].Use(registry);
        }

        registry.Close();
        return registry;
    }
}
