using Metaflow.Errors;

namespace Metaflow.Plugins;

/// <summary>What plug-ins have added, by contract and name. Safe for several threads once it is filled.</summary>
public sealed class PluginRegistry
{
    private readonly HashSet<Type> _plugins = [];
    private readonly Dictionary<Type, SortedDictionary<string, object>> _parts = [];
    private bool _isClosed;

    /// <summary>Gets or sets what errors say of a part that is missing. A program that references no packages of users, as the tool, says which program has them.</summary>
    public string Remedy { get; set; } = "A type comes with a package that the program references.";

    /// <summary>Lets a plug-in add its parts; one that did so already is passed over.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    /// <returns>This registry.</returns>
    /// <exception cref="InvalidOperationException">It is that of the process: <see cref="ProgramPlugins.Add{TPlugin}"/> adds to it.</exception>
    public PluginRegistry Use<TPlugin>()
        where TPlugin : IMetaflowPlugin
    {
        if (_plugins.Add(typeof(TPlugin)))
        {
            TPlugin.Register(this);
        }

        return this;
    }

    /// <summary>Adds a part.</summary>
    /// <typeparam name="TContract">What it is, such as <see cref="Storage.IStoreFactory"/>.</typeparam>
    /// <param name="name">The name by which users choose it, such as <c>s3</c>.</param>
    /// <param name="part">The part.</param>
    /// <exception cref="ConfigurationException">MF2048: another part of the contract has the name.</exception>
    public void Add<TContract>(string name, TContract part)
        where TContract : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(part);
        if (_isClosed)
        {
            throw new InvalidOperationException("The registry of the process is shared. Add a plug-in with ProgramPlugins.Add<TPlugin>(), or make a registry of your own.");
        }

        if (!_parts.TryGetValue(typeof(TContract), out var named))
        {
            _parts.Add(typeof(TContract), named = new SortedDictionary<string, object>(StringComparer.Ordinal));
        }

        if (!named.TryAdd(name, part))
        {
            throw new ConfigurationException(
                ErrorCodes.PluginNameTaken,
                $"Two plug-ins add a '{name}'.",
                $"'{named[name].GetType().FullName}' of '{named[name].GetType().Assembly.GetName().Name}' and '{part.GetType().FullName}' of '{part.GetType().Assembly.GetName().Name}' have the same name and purpose.",
                "Reference only one of the two packages.");
        }
    }

    /// <summary>Finds a part.</summary>
    /// <typeparam name="TContract">What it is.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The part, or <see langword="null"/> when there is none.</returns>
    public TContract? Find<TContract>(string name)
        where TContract : class
        => _parts.TryGetValue(typeof(TContract), out var named) ? (TContract?)named.GetValueOrDefault(name) : null;

    /// <summary>Returns the names of all parts of a contract.</summary>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <returns>The names, sorted.</returns>
    public IReadOnlyList<string> NamesOf<TContract>()
        where TContract : class
        => _parts.TryGetValue(typeof(TContract), out var named) ? [.. named.Keys] : [];

    /// <summary>Lets nothing be added any more: others have the registry.</summary>
    internal void Close() => _isClosed = true;
}
