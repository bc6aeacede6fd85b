using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>Adds the launcher of processes on this machine.</summary>
internal sealed class LocalLauncherPlugin : IMetaflowPlugin
{
    /// <summary>The launcher's name.</summary>
    public const string Name = "local";

    private LocalLauncherPlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry) => registry.Add<ILauncherFactory>(Name, new Factory());

    private sealed class Factory : ILauncherFactory
    {
        public ITaskLauncher Open(LauncherOptions options) => new LocalTaskLauncher(
            options.Program,
            options.Blobs as IAppendableBlobStore ?? throw new ArgumentException("The store cannot keep logs that grow.", nameof(options)),
            options.Time,
            options.UsesSpares);
    }
}
