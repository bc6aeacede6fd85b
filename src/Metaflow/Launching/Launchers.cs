using System.Collections.Concurrent;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Launching;

/// <summary>The launchers of a run, each opened when the first step needs it.</summary>
internal sealed class Launchers : IDisposable
{
    private readonly ConcurrentDictionary<string, ITaskLauncher> _open = new(StringComparer.Ordinal);
    private readonly LauncherOptions? _options;
    private readonly PluginRegistry _registry = new();
    private readonly ITaskLauncher? _only;

    /// <summary>Initializes launchers that plug-ins have.</summary>
    /// <param name="options">What they launch with.</param>
    /// <param name="registry">Knows them; the plug-ins of this process by default.</param>
    public Launchers(LauncherOptions options, PluginRegistry? registry = null)
    {
        _options = options;
        _registry = registry ?? ProgramPlugins.Registry;
    }

    /// <summary>Initializes the launcher that takes all tasks, whatever their decorators say.</summary>
    /// <param name="only">The launcher.</param>
    public Launchers(ITaskLauncher only) => _only = only;

    /// <summary>Gets the launcher of tasks whose step chooses none.</summary>
    public ITaskLauncher Default => Named(LaunchHandle.Local);

    /// <summary>Returns a launcher.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The launcher.</returns>
    /// <exception cref="ConfigurationException">MF2049: no plug-in of this process has it.</exception>
    public ITaskLauncher Named(string name) => _only ?? _open.GetOrAdd(name, Open);

    /// <inheritdoc/>
    public void Dispose()
    {
        _only?.Dispose();
        foreach (var launcher in _open.Values)
        {
            launcher.Dispose();
        }
    }

    private ITaskLauncher Open(string name)
    {
        var factory = _registry.Find<ILauncherFactory>(name) ?? throw new ConfigurationException(
            ErrorCodes.UnknownStoreType,
            $"There is no launcher '{name}'.",
            $"This program has {string.Join(", ", _registry.NamesOf<ILauncherFactory>().Select(static known => $"'{known}'"))}.",
            ClosestName.Find(name, _registry.NamesOf<ILauncherFactory>()) is { } near
                ? $"Did you mean '{near}'?"
                : "Reference the package that has it, or remove the decorator.")
        { ExitCode = ExitCodes.Usage };
        return factory.Open(_options!);
    }
}
