using System.Runtime.CompilerServices;

namespace Metaflow.Plugins;

/// <summary>The plug-ins of this process. Generated code of each assembly that references some adds them before any other code of it
/// runs.</summary>
/// <remarks>The references of a program are fixed when it is built, and clients, flows and tasks must see the same plug-ins. So this is
/// the only list that grows for a whole process, while its assemblies are loaded. See the decision record on plug-ins.</remarks>
public static class ProgramPlugins
{
    private static readonly Lock Gate = new();
    private static readonly List<Addition> Added = [];
    private static readonly StrongBox<PluginRegistry?> Made = new();

    /// <summary>Gets the parts that the plug-ins of this process have added so far, including the framework's own. You cannot add to it
    /// directly.</summary>
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

    /// <summary>Gets the plug-ins that were added so far, in order.</summary>
    public static IReadOnlyList<Type> Plugins
    {
        get
        {
            lock (Gate)
            {
                return Added.ConvertAll(static added => added.Plugin);
            }
        }
    }

    /// <summary>Adds a plug-in for the whole process. Generated code calls it. Adding the same plug-in twice has no effect.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    public static void Add<TPlugin>()
        where TPlugin : IMetaflowPlugin => Add(typeof(TPlugin), PluginRegistry.Register<TPlugin>);

    /// <summary>Adds a plug-in of the framework: each process of a task does, and a generic call of a static contract cannot be compiled
    /// ahead.</summary>
    /// <param name="plugin">The plug-in.</param>
    /// <param name="register">Adds its parts.</param>
    internal static void Add(Type plugin, Action<PluginRegistry> register)
    {
        lock (Gate)
        {
            foreach (var added in Added)
            {
                if (added.Plugin == plugin)
                {
                    return;
                }
            }

            Added.Add(new Addition(plugin, register));
            Volatile.Write(ref Made.Value, null);
        }
    }

    // By index, because a plug-in may bring others along.
    private static PluginRegistry Make()
    {
        var registry = new PluginRegistry();
        for (var i = 0; i < Added.Count; i++)
        {
            registry.Use(Added[i].Plugin, Added[i].Register);
        }

        registry.Close();
        return registry;
    }

    // A class: code for lists of a structure would have to be compiled in each process.
    private sealed class Addition(Type plugin, Action<PluginRegistry> register)
    {
        public Type Plugin => plugin;

        public Action<PluginRegistry> Register => register;
    }
}
