using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>Opens launchers of one kind. A plug-in adds it under the name by which steps choose it.</summary>
internal interface ILauncherFactory
{
    /// <summary>Opens a launcher for a run.</summary>
    /// <param name="options">What it launches with.</param>
    /// <returns>The launcher; disposed with the run where it can be.</returns>
    ITaskLauncher Open(LauncherOptions options);
}

/// <summary>What a launcher launches with.</summary>
/// <param name="Program">The program that runs tasks.</param>
/// <param name="Blobs">Where the logs of tasks are kept.</param>
/// <param name="Time">The clock.</param>
/// <param name="UsesSpares">Whether the program can wait for a task, so that processes may be started ahead of need.</param>
internal sealed record LauncherOptions(ProgramLocation Program, IBlobStore Blobs, TimeProvider Time, bool UsesSpares);
