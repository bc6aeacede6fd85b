using Metaflow.Naming;

namespace Metaflow.Running;

/// <summary>Something that happened in a run.</summary>
/// <param name="At">When it happened; for output, when the task emitted it.</param>
public abstract record RunEvent(DateTimeOffset At)
{
    /// <summary>Something that happened to a task.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    public abstract record OfTask(DateTimeOffset At, TaskPath Task) : RunEvent(At)
    {
        /// <summary>Gets where the task is in the foreaches and gangs around it; <see langword="null"/>, the default, outside of
        /// any.</summary>
        public TaskPlace? Place { get; init; }
    }

    /// <summary>A message of the run itself, such as the size of an included file.</summary>
    /// <param name="At">When.</param>
    /// <param name="Text">The message.</param>
    public sealed record Message(DateTimeOffset At, string Text) : RunEvent(At);

    /// <summary>Packages of steps are looked for, stored in the datastore, or unpacked on this machine, before the first task starts.
    /// Nothing is told where all are there already.</summary>
    /// <param name="At">When.</param>
    /// <param name="Phase">What is done.</param>
    public sealed record PackageProgress(DateTimeOffset At, PackagePhase Phase) : RunEvent(At)
    {
        /// <summary>Gets how many packages are done. The default is 0.</summary>
        public int Packages { get; init; }

        /// <summary>Gets how many packages there are; 0, the default, while they are looked for.</summary>
        public int AllPackages { get; init; }

        /// <summary>Gets how many bytes are done, those of packages that are being stored or unpacked among them. The default is
        /// 0.</summary>
        public long Bytes { get; init; }

        /// <summary>Gets how many bytes the files of all packages have. The default is 0.</summary>
        public long AllBytes { get; init; }

        /// <summary>Gets a value indicating whether the phase is over; then not all packages are done if it failed. The default is
        /// <see langword="false"/>.</summary>
        public bool IsOver { get; init; }
    }

    /// <summary>The run has its id and is about to start its first task.</summary>
    /// <param name="At">When.</param>
    /// <param name="RunId">The id.</param>
    public sealed record RunStarting(DateTimeOffset At, string RunId) : RunEvent(At);

    /// <summary>An attempt of a task was started.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Handle">What runs it; <see langword="null"/> when nothing could be started.</param>
    /// <param name="Attempt">The attempt, from 0.</param>
    /// <param name="IsFallback">Whether it only handles earlier failures (<c>[Catch]</c> of a task that kept dying).</param>
    public sealed record TaskStarting(DateTimeOffset At, TaskPath Task, LaunchHandle? Handle, int Attempt, bool IsFallback)
        : OfTask(At, Task);

    /// <summary>A task wrote a line, or the beginning of one that is still open.</summary>
    /// <param name="At">When the task emitted it.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Handle">What runs it; <see langword="null"/> when nothing could be started.</param>
    /// <param name="Text">The text without its newline.</param>
    /// <param name="IsError">Whether it came from the error stream.</param>
    public sealed record TaskOutput(DateTimeOffset At, TaskPath Task, LaunchHandle? Handle, string Text, bool IsError) : OfTask(At, Task);

    /// <summary>A task's foreach yields tasks.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Handle">What runs it; <see langword="null"/> when nothing could be started.</param>
    /// <param name="Count">How many.</param>
    public sealed record ForeachYields(DateTimeOffset At, TaskPath Task, LaunchHandle? Handle, int Count) : OfTask(At, Task);

    /// <summary>A task finished successfully.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Handle">What runs it; <see langword="null"/> when nothing could be started.</param>
    public sealed record TaskSucceeded(DateTimeOffset At, TaskPath Task, LaunchHandle? Handle) : OfTask(At, Task)
    {
        /// <summary>Gets a value indicating whether the step failed and <c>[Catch]</c> handled the failure. The default is
        /// <see langword="false"/>.</summary>
        public bool IsCaught { get; init; }
    }

    /// <summary>A step said how far its task is, through <c>Current.Progress</c>.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Fraction">The part that is done, from 0 to 1; <see langword="null"/> when the step does not know.</param>
    /// <param name="Text">What the step said with it, on one line; <see langword="null"/> for nothing.</param>
    public sealed record TaskProgress(DateTimeOffset At, TaskPath Task, double? Fraction, string? Text) : OfTask(At, Task);

    /// <summary>An attempt of a task failed.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Handle">What runs it; <see langword="null"/> when nothing could be started.</param>
    /// <param name="Attempt">The attempt, from 0.</param>
    /// <param name="Reason">The reason when the process itself did not say it (killed by a signal, timed out), else
    /// <see langword="null"/>.</param>
    /// <param name="RetryIn">How long until the next attempt; <see langword="null"/> when there is none.</param>
    /// <param name="RetryForbidden">Whether the task forbade another attempt.</param>
    public sealed record TaskFailed(
        DateTimeOffset At, TaskPath Task, LaunchHandle? Handle, int Attempt, string? Reason, TimeSpan? RetryIn,
        bool RetryForbidden) : OfTask(At, Task);

    /// <summary>The numbers of tasks changed.</summary>
    /// <param name="At">When.</param>
    /// <param name="Counts">The numbers by step, in the order of the graph.</param>
    public sealed record Progress(DateTimeOffset At, IReadOnlyList<StepCount> Counts) : RunEvent(At);

    /// <summary>The run fails, and what runs is waited for; or it was interrupted, and what runs is ended.</summary>
    /// <param name="At">When.</param>
    /// <param name="WasInterrupted">Whether from outside, by Ctrl-C or SIGTERM.</param>
    /// <param name="Active">How many tasks still run.</param>
    public sealed record RunStopping(DateTimeOffset At, bool WasInterrupted, int Active) : RunEvent(At)
    {
        /// <summary>Gets a value indicating whether Ctrl-C interrupted the run, and so may be pressed again. The default is
        /// <see langword="false"/>.</summary>
        public bool ByCtrlC { get; init; }
    }

    /// <summary>Tasks did not end after they were asked to, and are killed.</summary>
    /// <param name="At">When.</param>
    /// <param name="Remaining">How many.</param>
    /// <param name="Grace">The grace that they had; <see langword="null"/> when they are killed before its end, since the stop was asked
    /// for again.</param>
    public sealed record TasksKilled(DateTimeOffset At, int Remaining, TimeSpan? Grace) : RunEvent(At);

    /// <summary>A run is resumed in this way.</summary>
    /// <param name="At">When.</param>
    /// <param name="Plan">What is cloned and what runs again.</param>
    public sealed record ResumePlanned(DateTimeOffset At, ResumePlan Plan) : RunEvent(At);

    /// <summary>A task got its results from a task of an earlier run.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Origin">The task of the earlier run.</param>
    /// <param name="Reason">Why, where that is to be explained, else <see langword="null"/>.</param>
    public sealed record TaskCloned(DateTimeOffset At, TaskPath Task, TaskPath Origin, string? Reason) : OfTask(At, Task);

    /// <summary>A task has to run although results of earlier runs were looked for; told only where that is to be explained.</summary>
    /// <param name="At">When.</param>
    /// <param name="Task">The task.</param>
    /// <param name="Reason">Why, as it follows "because".</param>
    public sealed record TaskNotReused(DateTimeOffset At, TaskPath Task, string Reason) : OfTask(At, Task);

    /// <summary>The run ended.</summary>
    /// <param name="At">When.</param>
    /// <param name="Succeeded">Whether successfully.</param>
    public sealed record RunEnded(DateTimeOffset At, bool Succeeded) : RunEvent(At)
    {
        /// <summary>Gets a value indicating whether the run stopped before its end step because that was asked for. The default is
        /// <see langword="false"/>.</summary>
        public bool IsPartial { get; init; }
    }
}
