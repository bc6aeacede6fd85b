using System.Runtime.InteropServices;
using Metaflow.Artifacts;
using Metaflow.Launching;
using Metaflow.Logs;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Stores;

namespace Metaflow.Programs;

/// <summary>Runs a task where its scheduler is not: in a process of its own, whose output, limits and end this process looks after, as the
/// scheduler would. Both tell each other through the store alone.</summary>
internal static class WatchedTask
{
    /// <summary>Runs the task.</summary>
    /// <param name="flowName">The flow's name.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="open">Opens the stores that the task's line names.</param>
    /// <returns>The exit code: that of the task, or 128 and the signal that ended it.</returns>
    /// <exception cref="Errors.MetaflowException">The task could not be started, or its end not be stored.</exception>
    public static async Task<int> RunAsync(string flowName, IReadOnlyList<string> arguments, Func<TaskCommandLine, RunStores> open)
    {
        var watched = WatchedTaskLine.FromArguments(arguments);
        var line = TaskCommandLine.FromArguments(watched.Task);
        var stores = open(line);
        var path = new TaskPath(flowName, line.RunId, line.Step, line.TaskId);
        var request = new LaunchRequest(path, line.Attempt, watched.Task, new Dictionary<string, string>(), watched.MaxLogBytes)
        {
            Program = OwnProgram.Find(),
            Deadline = watched.Deadline,
            MemoryLimitMB = watched.MemoryLimitMB,
            AnnouncesSecrets = watched.AnnouncesSecrets,
        };
        var exit = await RunAsync(request, stores).ConfigureAwait(false);
        var writer = new FlowDatastore(stores.Blobs, flowName, TimeProvider.System).OpenWriter(path, line.Attempt);
        await writer.SaveNoteAsync(WatchedTaskLine.ExitNote, StoredExit.ToJson(exit), default).ConfigureAwait(false);
        return exit.ExitCode < 0 ? 128 - exit.ExitCode : exit.ExitCode;
    }

    private static async Task<TaskExit> RunAsync(LaunchRequest request, RunStores stores)
    {
        var console = new Relay();
        using var launcher = new Launchers(new LauncherOptions(stores, Storage.StoreOptions.Without(TimeProvider.System))
        {
            LogSource = LogFiles.Task,
        });
        using var task = await launcher.Named(LaunchHandle.Local).LaunchAsync(request, console, default).ConfigureAwait(false);
        using var stop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _ = task.RequestStopAsync().AsTask();
        });
        return await console.Ended.ConfigureAwait(false);
    }

    /// <summary>What the cluster keeps of the job's own output is the task's output.</summary>
    private sealed class Relay : ITaskObserver
    {
        private readonly TaskCompletionSource<TaskExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TaskExit> Ended => _ended.Task;

        public void OnOutput(DateTimeOffset at, string text, bool isError) => (isError ? Console.Error : Console.Out).WriteLine(text);

        public void OnExit(TaskExit exit) => _ended.TrySetResult(exit);
    }
}
