namespace Metaflow.Scheduling;

/// <summary>Ends the tasks of a gang when one of them failed.</summary>
internal sealed partial class SchedulerLoop
{
    private void EndTask(SchedulerCommand.EndTask command)
    {
        if (!_live.TryGetValue(command.Task.TaskId, out var live))
        {
            // Its process could not be started; that is told by itself.
            return;
        }

        live.EndedBecause = $"Stopped, because task '{command.Task.Step}/{command.FailedTaskId}' of its gang failed.";
        live.RequestStop();
        After(Grace, () => KillIfLive(live));
    }

    private void KillIfLive(LiveTask live)
    {
        if (_live.TryGetValue(live.Task.TaskId, out var current) && ReferenceEquals(current, live))
        {
            live.Kill();
        }
    }
}
