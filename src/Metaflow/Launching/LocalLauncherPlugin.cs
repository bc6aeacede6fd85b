using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Launching;

/// <summary>Adds the launcher of processes on this machine.</summary>
internal sealed class LocalLauncherPlugin : IMetaflowPlugin
{
    private LocalLauncherPlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry) => registry.Add<ILauncherFactory>(LaunchHandle.Local, new Factory());

    private sealed class Factory : ILauncherFactory
    {
        public ITaskLauncher Open(LauncherOptions options) => new LocalTaskLauncher(
            WholeLogs.Of(options.Stores.Blobs, options.Settings.Time), options.Settings.Time, options.UsesSpares)
        { LogSource = options.LogSource };
    }
}
