using Metaflow.Launching;
using Metaflow.Stores;

namespace Metaflow.Scheduling;

/// <summary>Where a run keeps its data and what starts its tasks: made once for a run, by whoever starts it.</summary>
/// <param name="Stores">Keep its data, logs and records.</param>
/// <param name="Launchers">Start tasks; disposed with this object.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunServices(RunStores Stores, Launchers Launchers, TimeProvider Time) : IDisposable
{
    /// <summary>Initializes services with one launcher for all tasks.</summary>
    /// <param name="stores">Keep its data, logs and records.</param>
    /// <param name="launcher">Starts tasks; disposed with this object.</param>
    /// <param name="time">The clock.</param>
    public RunServices(RunStores stores, ITaskLauncher launcher, TimeProvider time)
        : this(stores, new Launchers(launcher), time)
    {
    }

    /// <summary>Gets the program that runs tasks.</summary>
    public ProgramLocation Program { get; init; } = ProgramLocation.None;

    /// <summary>Says that a task may have to be started soon, so that its launcher can prepare for it.</summary>
    public void ExpectTask() => Launchers.Default.Expect(Program, 1);

    /// <inheritdoc/>
    public void Dispose() => Launchers.Dispose();
}
