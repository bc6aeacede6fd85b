using Metaflow.Plugins;

namespace Metaflow.Launching;

/// <summary>The launchers that this process knows.</summary>
internal static class Launchers
{
    /// <summary>Opens the launcher of processes on this machine.</summary>
    /// <param name="options">What it launches with.</param>
    /// <returns>The launcher.</returns>
    public static ITaskLauncher Open(LauncherOptions options)
        => new PluginRegistry().Use<LocalLauncherPlugin>().Find<ILauncherFactory>(LocalLauncherPlugin.Name)!.Open(options);
}
