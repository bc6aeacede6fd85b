using System.ComponentModel;
using System.Runtime.CompilerServices;
using Metaflow.Errors;

namespace Metaflow.Plugins;

/// <summary>The parts that plug-ins have added, by contract and name. Safe for several threads once it is filled.</summary>
public sealed class PluginRegistry
{
    private readonly HashSet<Type> _plugins = [];
    private readonly Dictionary<Type, List<Part>> _parts = [];
    private readonly List<OwnPart> _own = [];
    private Type? _adding;
    private bool _isClosed;

    /// <summary>Gets or sets what errors say of a part that is missing. A program that references no packages of users, as the tool, says
    /// which program has them.</summary>
    internal string Remedy { get; set; } = "A type comes with a package that the program references.";

    /// <summary>Gets the parts that assemblies of authors have without a plug-in, in the order in which they were added.</summary>
    internal IReadOnlyList<OwnPart> Own => _own;

    /// <summary>Lets a plug-in add its parts. Nothing happens if it has already done so.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    /// <returns>This registry.</returns>
    /// <exception cref="InvalidOperationException">This is the registry of the process. Use <see cref="ProgramPlugins.Add{TPlugin}"/> to
    /// add to it.</exception>
    /// <exception cref="ConfigurationException">MF1058: the plug-in was built for another version of the framework. MF2048: a name is
    /// taken.</exception>
    /// <exception cref="InternalException">MF9002: the plug-in failed.</exception>
    public PluginRegistry Use<TPlugin>()
        where TPlugin : IMetaflowPlugin
    {
        Use(typeof(TPlugin), Register<TPlugin>);
        return this;
    }

    /// <summary>Adds a part.</summary>
    /// <typeparam name="TContract">What it is, such as <see cref="Storage.IStoreFactory"/>, <see cref="Secrets.ISecretsProvider"/> or
    /// <see cref="Configs.IConfigParser"/>.</typeparam>
    /// <param name="name">The name by which users choose it, such as <c>s3</c>.</param>
    /// <param name="part">The part.</param>
    /// <exception cref="ConfigurationException">MF2048: another part of the contract has the name. MF1059:
    /// <typeparamref name="TContract"/> is the part's own class.</exception>
    public void Add<TContract>(string name, TContract part)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(part);
        AddPart(typeof(TContract), name, part, null);
    }

    /// <summary>Adds a part that is created on first use. Most processes never use it.</summary>
    /// <typeparam name="TContract">What it is.</typeparam>
    /// <param name="name">The name by which users choose it.</param>
    /// <param name="make">Creates the part, once.</param>
    /// <exception cref="ConfigurationException">MF2048: another part of the contract has the name. MF1059:
    /// <typeparamref name="TContract"/> is the part's own class.</exception>
    public void Add<TContract>(string name, Func<TContract> make)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(make);
        AddPart(typeof(TContract), name, null, make);
    }

    /// <summary>Adds a step decorator, so that <c>--with name</c> and <c>METAFLOW_DEFAULT_DECOSPECS</c> find it.</summary>
    /// <param name="name">Its name on disk, as <see cref="DecoratorAttribute.DecoratorName"/> has it.</param>
    /// <param name="make">Creates one with its defaults.</param>
    /// <exception cref="ConfigurationException">MF2048: another decorator has the name.</exception>
    public void AddDecorator(string name, Func<DecoratorAttribute> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        Add<DecoratorFactory>(name, new DecoratorFactory(make));
    }

    /// <summary>Adds a flow decorator, so that an error says where it belongs if somebody gives it to steps.</summary>
    /// <param name="name">Its name on disk, as <see cref="DecoratorAttribute.DecoratorName"/> has it.</param>
    /// <param name="make">Creates one with its defaults.</param>
    /// <exception cref="ConfigurationException">MF2048: another decorator of flows has the name.</exception>
    public void AddFlowDecorator(string name, Func<FlowDecoratorAttribute> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        Add<FlowDecoratorFactory>(name, new FlowDecoratorFactory(make));
    }

    /// <summary>Adds a setting that the parts of a plug-in read; the same description may be added by several plug-ins.</summary>
    /// <param name="setting">The setting, whose name begins with <c>METAFLOW_</c>.</param>
    /// <exception cref="ConfigurationException">MF2048: another setting has the name.</exception>
    public void AddSetting(SettingDescription setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (!setting.Name.StartsWith("METAFLOW_", StringComparison.Ordinal)
            || setting.Name.Any(static letter => !char.IsAsciiLetterUpper(letter) && !char.IsAsciiDigit(letter) && letter != '_'))
        {
            throw new ArgumentException(
                $"'{setting.Name}' is not the name of a setting. A name begins with METAFLOW_ and has only capital letters, digits "
                    + "and underscores.",
                nameof(setting));
        }

        if (Find<SettingDescription>(setting.Name) != setting)
        {
            Add(setting.Name, setting);
        }
    }

    /// <summary>Adds a class of an author's assembly: a decorator, or a back end of secrets. Generated code calls it.</summary>
    /// <param name="type">The class. Its object gives its name, which counts for flows of the same assembly.</param>
    /// <param name="make">Creates an object.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AddOwn(Type type, Func<object> make)
    {
        RequireOpen();
        _own.Add(new OwnPart(type, make));
    }

    /// <summary>Finds a part.</summary>
    /// <typeparam name="TContract">What it is.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The part, or <see langword="null"/> if there is none.</returns>
    public TContract? Find<TContract>(string name)
        where TContract : class
        => (TContract?)Named(PartsOf(typeof(TContract)), name)?.Object;

    /// <summary>Returns all parts of a contract.</summary>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <returns>The parts, in the order in which they were added.</returns>
    public IReadOnlyList<TContract> All<TContract>()
        where TContract : class
        => PartsOf(typeof(TContract)).ConvertAll(static part => (TContract)part.Object);

    /// <summary>Returns the names of all parts of a contract.</summary>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <returns>The names, sorted.</returns>
    public IReadOnlyList<string> NamesOf<TContract>()
        where TContract : class
    {
        var names = PartsOf(typeof(TContract)).ConvertAll(static part => part.Name);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Lets a plug-in add its parts. Nothing happens if it has already done so.</summary>
    /// <param name="plugin">The plug-in.</param>
    /// <param name="register">Adds its parts.</param>
    internal void Use(Type plugin, Action<PluginRegistry> register)
    {
        RequireOpen();
        if (_plugins.Add(plugin))
        {
            var outer = _adding;
            _adding = plugin;
            try
            {
                register(this);
            }
            catch (Exception fault) when (fault is not MetaflowException)
            {
                throw PluginErrors.Of(fault, plugin, part: null);
            }
            finally
            {
                _adding = outer;
            }
        }
    }

    /// <summary>Calls a plug-in. A method of its own: what it calls in a plug-in of another version may be missing, which is known when
    /// it is compiled.</summary>
    /// <typeparam name="TPlugin">The plug-in.</typeparam>
    /// <param name="registry">Takes its parts.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Register<TPlugin>(PluginRegistry registry)
        where TPlugin : IMetaflowPlugin
        => TPlugin.Register(registry);

    /// <summary>Lets nothing be added any more: others have the registry.</summary>
    internal void Close() => _isClosed = true;

    private List<Part> PartsOf(Type contract) => _parts.TryGetValue(contract, out var parts) ? parts : [];

    private static Part? Named(List<Part> parts, string name)
    {
        foreach (var part in parts)
        {
            if (part.Name == name)
            {
                return part;
            }
        }

        return null;
    }

    private void AddPart(Type contract, string name, object? made, Func<object>? make)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        RequireOpen();
        if (contract is { IsInterface: false, IsAbstract: false } && contract != typeof(SettingDescription)
            && !typeof(Delegate).IsAssignableFrom(contract))
        {
            throw PluginErrors.WithoutContract(name, contract, _adding);
        }

        if (!_parts.TryGetValue(contract, out var parts))
        {
            _parts.Add(contract, parts = []);
        }

        if (Named(parts, name) is { } other)
        {
            throw PluginErrors.NameTaken(name, other.Plugin, _adding);
        }

        parts.Add(new Part(name, made, make, _adding));
    }

    private void RequireOpen()
    {
        if (_isClosed)
        {
            throw new InvalidOperationException(
                "The registry of the process is shared. Add a plug-in with ProgramPlugins.Add<TPlugin>(), or create your own registry.");
        }
    }

    /// <summary>Each process of a task makes some twenty: they hold no more than they need.</summary>
    private sealed class Part(string name, object? made, Func<object>? make, Type? plugin)
    {
        private readonly Lock _gate = new();
        private object? _made = made;

        public string Name => name;

        public Type? Plugin => plugin;

        /// <summary>Gets the part, which is created once.</summary>
        public object Object
        {
            get
            {
                if (Volatile.Read(ref _made) is { } known)
                {
                    return known;
                }

                lock (_gate)
                {
                    return _made ??= Make();
                }
            }
        }

        private object Make()
        {
            try
            {
                return make!();
            }
            catch (Exception fault) when (fault is not MetaflowException)
            {
                throw PluginErrors.Of(fault, plugin, name);
            }
        }
    }
}
