using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Storage;

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
            options.Stores.Blobs as IAppendableBlobStore ?? throw new ArgumentException("The store cannot keep logs that grow.", nameof(options)),
            options.Settings.Time,
            options.UsesSpares);
    }
}
