using Metaflow.Launching;
using Metaflow.Stores;

namespace Metaflow.Scheduling;

/// <summary>Where a run keeps its data and what starts its tasks: made once for a run, by whoever starts it.</summary>
/// <param name="Stores">Keep its data, logs and records.</param>
/// <param name="Launcher">Starts tasks; disposed with this object where it can be.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunServices(RunStores Stores, ITaskLauncher Launcher, TimeProvider Time) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => (Launcher as IDisposable)?.Dispose();
}
