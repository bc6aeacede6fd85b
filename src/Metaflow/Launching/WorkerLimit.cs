using System.Globalization;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>How many tasks run at once.</summary>
/// <param name="Workers">The number.</param>
/// <param name="Reason">Why it is lower than what was asked for; <see langword="null"/> when it is not.</param>
public sealed record WorkerLimit(int Workers, string? Reason)
{
    // Measured, docs/concurrency.md has the table: the pipes and the logs of a task, the three pipes of a process that waits for one, and
    // what the scheduler opens after it has reckoned: its own libraries, two files each, and for moments the files of a save.
    private const int FilesOfTask = 4;
    private const int FilesOfSpare = 3;
    private const int FilesOfScheduler = 56;

    // A runtime has 13 threads before the step starts one, and its processor's worth of others; each task is read and awaited by three of
    // the scheduler.
    private const int ThreadsOfTask = 23;
    private const int ThreadsOfSpare = 12;
    private const int ThreadsOfScheduler = 16;

    /// <summary>Reckons how many tasks this process can start.</summary>
    /// <param name="asked">How many may run.</param>
    /// <param name="files">The limit of open files of this process; <see langword="null"/> for none.</param>
    /// <param name="threads">The limit of processes and threads; <see langword="null"/> for none.</param>
    /// <param name="processors">How many processes are started ahead at most.</param>
    /// <returns>The number, 1 at least.</returns>
    /// <exception cref="LaunchException">No task could be started (MF3025).</exception>
    internal static WorkerLimit Of(int asked, SystemLimit? files, SystemLimit? threads, int processors)
    {
        var byFiles = Most(files, FilesOfTask, FilesOfSpare, FilesOfScheduler, asked, processors);
        var byThreads = Most(threads, ThreadsOfTask, ThreadsOfSpare, ThreadsOfScheduler, asked, processors);
        var workers = Math.Min(byFiles, byThreads);
        if (workers >= asked)
        {
            return new WorkerLimit(asked, null);
        }

        var (limit, kind) = byFiles <= byThreads ? (files!, "open files") : (threads!, "processes and threads");
        return workers > 0 ? new WorkerLimit(workers, Lowered(workers, asked, limit, kind)) : throw LimitReached.TooLow(limit, kind);
    }

    private static int Most(SystemLimit? limit, int ofTask, int ofSpare, int ofScheduler, int asked, int processors)
    {
        if (limit is not { } given)
        {
            return asked;
        }

        var free = given.Free - ofScheduler;
        var most = free / (ofTask + ofSpare);
        return Math.Min(asked, most <= processors ? most : (free - (processors * ofSpare)) / ofTask);
    }

    private static string Lowered(int workers, int asked, SystemLimit limit, string kind) => string.Create(CultureInfo.InvariantCulture,
        $"Only {workers} {(workers == 1 ? "task runs" : "tasks run")} at the same time instead of {asked}: the system allows {limit.Limit} "
            + $"{kind} here ({limit.Setting}), and {limit.Used} of them are in use.");
}
