using System.Runtime.InteropServices;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Tasks;

/// <summary>Ends this process, with all that it started, when its scheduler dies without ending it: no run leaves a process
/// behind.</summary>
/// <remarks>The system signals the death of the parent as SIGTERM rather than SIGKILL, so that there is a moment to take the children
/// along.</remarks>
internal sealed class SchedulerWatch : IDisposable
{
    private readonly PosixSignalRegistration _terminate;

    /// <summary>Starts to watch; the process leads a group of its own from now on.</summary>
    public SchedulerWatch()
    {
        PosixProcess.TryBecomeGroupLeader();
        var scheduler = PosixProcess.ParentId();
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ =>
        {
            if (PosixProcess.ParentId() != scheduler)
            {
                PosixProcess.SignalGroup(Environment.ProcessId, PosixProcess.SigKill);
            }
        });
        PosixProcess.DieWithParent(PosixProcess.SigTerm);

        // It may have died while this process started: then no signal will come.
        if (SchedulerProcess.Take() is { } expected && !OperatingSystem.IsWindows() && PosixProcess.ParentId() != expected)
        {
            PosixProcess.SignalGroup(Environment.ProcessId, PosixProcess.SigKill);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _terminate.Dispose();
}
