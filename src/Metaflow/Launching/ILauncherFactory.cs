using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Launching;

/// <summary>Opens launchers of one kind. A plug-in adds it to the registry under the name by which decorators choose it:
/// <c>registry.Add&lt;ILauncherFactory&gt;("slurm", …)</c>.</summary>
public interface ILauncherFactory
{
    /// <summary>Opens a launcher for a run.</summary>
    /// <param name="options">What it launches with.</param>
    /// <returns>The launcher, which is disposed with the run.</returns>
    ITaskLauncher Open(LauncherOptions options);
}

/// <summary>What a launcher launches with.</summary>
/// <param name="Stores">Where the run keeps its data, the logs of its tasks included.</param>
/// <param name="Settings">The settings and the clock.</param>
public sealed record LauncherOptions(RunStores Stores, StoreOptions Settings)
{
    /// <summary>Gets a value indicating whether programs can wait for a task, so that processes may be started ahead of need. The default
    /// is <see langword="false"/>.</summary>
    public bool UsesSpares { get; init; }

    /// <summary>Gets who stores the output of tasks. The default is <c>runtime</c>, a scheduler; <c>task</c> is a task that its scheduler
    /// cannot watch.</summary>
    internal string LogSource { get; init; } = Logs.LogFiles.Runtime;
}

/// <summary>Is implemented by decorators whose steps a launcher of their own takes, such as <c>[Slurm]</c>.</summary>
public interface ILaunchedBy
{
    /// <summary>Gets the name of the launcher, as its plug-in has added it.</summary>
    string LauncherName { get; }
}
