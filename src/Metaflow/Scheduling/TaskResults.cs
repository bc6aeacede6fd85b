using System.Collections.Immutable;
using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Serialization;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>What became of an attempt.</summary>
/// <param name="Result">What the task decided, or <see langword="null"/> where it failed.</param>
/// <param name="Failure">Why it failed, or <see langword="null"/>.</param>
internal sealed record AttemptResult(TaskResult? Result, TaskFailure? Failure);

/// <summary>Why an attempt failed.</summary>
/// <param name="Message">What the process could not say itself; <see langword="null"/> when it did.</param>
/// <param name="MayRetry">Whether another attempt is allowed.</param>
internal sealed record TaskFailure(string? Message, bool MayRetry)
{
    /// <summary>Gets the error that the run fails with, where it is not just a failed step.</summary>
    public MetaflowException? Error { get; init; }

    /// <summary>Gets what ran the attempt; <see langword="null"/> when nothing could be started.</summary>
    public LaunchHandle? Handle { get; init; }

    /// <summary>Gets what kind of failure it is.</summary>
    public FailureKinds Kind { get; init; } = FailureKinds.Crashed;
}

/// <summary>Reads what ended tasks left in the datastore.</summary>
internal sealed class TaskResults(RunContext context)
{
    private const int SegmentationFault = -11;

    /// <summary>How long the record of an attempt is tried.</summary>
    private static readonly TimeSpan RecordPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RecordPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Says how an attempt ended: by its exit code, then by what it committed.</summary>
    /// <param name="task">The task.</param>
    /// <param name="path">Its address.</param>
    /// <param name="exit">How its process ended.</param>
    /// <returns>The result, or the failure.</returns>
    public async Task<AttemptResult> ReadAsync(ScheduledTask task, TaskPath path, TaskExit exit)
    {
        if (exit.LogError is { } logError)
        {
            return new AttemptResult(
                null, new TaskFailure($"{logError.Message} [{logError.Code}]", logError.IsTransient) { Error = logError });
        }

        if (exit.Ended is { } ended)
        {
            return new AttemptResult(null, new TaskFailure($"{ended.Message} [{ended.Code}]", MayRetry: true) { Kind = exit.Kind });
        }

        if (exit.ExitCode != ExitCodes.Success)
        {
            var saysWhyItself = await SaysWhyItselfAsync(path, task.Attempt).ConfigureAwait(false);
            return new AttemptResult(
                null,
                new TaskFailure(Describe(exit, saysWhyItself), MayRetry: exit.ExitCode != ExitCodes.FailedDoNotRetry && !exit.WasKilled)
                {
                    Kind = exit.ExitCode == ExitCodes.Failure && saysWhyItself ? FailureKinds.Raised : FailureKinds.Crashed,
                });
        }

        try
        {
            return await DecisionOfAsync(path, task.Attempt).ConfigureAwait(false) is { } result
                ? Check(task, path, result)
                : new AttemptResult(null, new TaskFailure(Describe(exit, saysWhyItself: false), MayRetry: true));
        }
        catch (MetaflowException error)
        {
            return new AttemptResult(null, new TaskFailure(error.Message, error.IsTransient) { Error = error });
        }
    }

    /// <summary>Reads what a task reported about its decision: both files at once, since each may be far away.</summary>
    private async Task<TaskResult?> DecisionOfAsync(TaskPath path, int attempt)
    {
        var reading = context.Datastore.ReadNoteAsync(path, attempt, TaskLineage.Note, default);
        var isComplete = await context.Datastore.IsCompleteAsync(path, attempt, default).ConfigureAwait(false);
        var note = await reading.ConfigureAwait(false);
        if (!isComplete)
        {
            return null;
        }

        var lineage = note is null ? null : TaskLineage.FromJson(note);
        if (lineage is not null)
        {
            context.Reads.Learn(path.Step, lineage);
        }

        return lineage?.Result
            ?? (await context.Datastore.TryOpenAttemptAsync(path, attempt, default).ConfigureAwait(false) is { } artifacts
                ? Decode(artifacts)
                : null);
    }

    /// <summary>Notes how a process ended, and that an attempt began when the process died too early to say so itself.</summary>
    /// <param name="run">The run.</param>
    /// <param name="task">The task, with its attempt.</param>
    /// <param name="exit">How its process ended.</param>
    /// <param name="succeeded">Whether it counts as a success.</param>
    /// <returns>A task that ends when the note is kept.</returns>
    public async Task NoteExitAsync(RunRecord run, ScheduledTask task, TaskExit exit, bool succeeded)
    {
        await Task.Yield();
        await TryAsync(
            async () =>
            {
                var writer = context.Datastore.OpenWriter(PathOf(run, task), task.Attempt);
                if (!succeeded)
                {
                    await EnsureBegunAsync(run, task, writer).ConfigureAwait(false);
                }

                var code = exit.ExitCode.ToString(CultureInfo.InvariantCulture);
                var (killed, success) = (exit.WasKilled ? "true" : "false", succeeded ? "true" : "false");
                var json = $$"""{"return_code": {{code}}, "killed": {{killed}}, "success": {{success}}}""";
                await writer.SaveNoteAsync("runtime", json, default).ConfigureAwait(false);
            },
            static error => error.IsTransient).ConfigureAwait(false);
    }

    /// <summary>Records an attempt whose process could not be started, so that readers that count the attempts find no gap.</summary>
    /// <param name="run">The run.</param>
    /// <param name="task">The task, with its attempt.</param>
    /// <returns>A task that ends when the record is durable; it fails when that is not possible for some seconds.</returns>
    /// <exception cref="MetaflowException">A write failed, and every further one.</exception>
    public async Task NoteNotStartedAsync(RunRecord run, ScheduledTask task)
    {
        await Task.Yield();
        await TryAsync(() => RecordNotStartedAsync(run, task), static _ => true).ConfigureAwait(false);
    }

    /// <summary>What keeps a record from being written, such as a limit of open files, may pass.</summary>
    private async Task TryAsync(Func<Task> record, Func<MetaflowException, bool> mayPass)
    {
        var start = context.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await record().ConfigureAwait(false);
                return;
            }
            catch (MetaflowException error) when (mayPass(error) && context.Time.GetElapsedTime(start) < RecordPatience)
            {
                await Task.Delay(RecordPause, context.Time).ConfigureAwait(false);
            }
        }
    }

    // The file that readers count comes first; the field that would be there twice when all of it is tried again comes last.
    private async Task RecordNotStartedAsync(RunRecord run, ScheduledTask task)
    {
        var records = TaskBeginning.RecordsOf(context, task, PathOf(run, task), task.Attempt);
        var frames = await TaskBeginning.FramesAsync(context, run, task).ConfigureAwait(false);
        var writer = context.Datastore.OpenWriter(PathOf(run, task), task.Attempt);
        await writer.BeginAttemptAsync(default).ConfigureAwait(false);
        await records.CompleteBeginningAsync(run, frames, context.OriginRunId).ConfigureAwait(false);
        await writer.SaveNoteAsync(
            "runtime", """{"return_code": null, "killed": false, "success": false}""", default).ConfigureAwait(false);
        await records.NotStartedAsync(run).ConfigureAwait(false);
    }

    /// <summary>A task records its beginning while its step already runs: one that died at once left no trace of the attempt.</summary>
    private async Task EnsureBegunAsync(RunRecord run, ScheduledTask task, TaskDatastoreWriter writer)
    {
        var records = TaskBeginning.RecordsOf(context, task, PathOf(run, task), task.Attempt);
        var frames = await TaskBeginning.FramesAsync(context, run, task).ConfigureAwait(false);
        if (await records.LacksBeginningAsync(run, frames, context.OriginRunId).ConfigureAwait(false))
        {
            // The file that readers count comes first: when the records are there, it is.
            await writer.BeginAttemptAsync(default).ConfigureAwait(false);
            await records.CompleteBeginningAsync(run, frames, context.OriginRunId).ConfigureAwait(false);
        }
    }

    private static TaskPath PathOf(RunRecord run, ScheduledTask task) => new(run.Flow, run.RunId, task.Step, task.TaskId);

    /// <summary>A task that fails in the author's code tells that, and is committed all the same. Whatever else ends it, such as
    /// <c>Environment.Exit</c>, stores nothing.</summary>
    private async Task<bool> SaysWhyItselfAsync(TaskPath path, int attempt)
    {
        try
        {
            return await context.Datastore.IsCompleteAsync(path, attempt, default).ConfigureAwait(false);
        }
        catch (MetaflowException)
        {
            return true;
        }
    }

    /// <summary>Says what the process could not say itself.</summary>
    /// <param name="exit">How it ended.</param>
    /// <param name="saysWhyItself">Whether the attempt was committed.</param>
    /// <returns>A sentence, or <see langword="null"/>.</returns>
    internal static string? Describe(TaskExit exit, bool saysWhyItself) => exit.ExitCode switch
    {
        _ when exit.WasKilled => "[KILLED BY ORCHESTRATOR]",
        SegmentationFault => "Task failed with a segmentation fault.",
        < 0 => $"The process was killed by signal {-exit.ExitCode}{NameOf(-exit.ExitCode)}.",

        // With these the task's own output says why.
        ExitCodes.Failure or ExitCodes.FailedDoNotRetry when saysWhyItself => null,
        ExitCodes.Terminated => null,

        // Metaflow's own: what the process met is in its log alone.
        ExitCodes.FailedDoNotRetry =>
            $"The process ended with exit code {exit.ExitCode} before its results were stored, and its last lines say why.",
        _ =>
            $"The process ended with exit code {exit.ExitCode} "
                + $"before its results were stored{(exit.ExitCode == ExitCodes.Success ? ", as Environment.Exit(0) does" : "")}.",
    };

    private static string NameOf(int signal) => signal switch
    {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        3 => " (SIGQUIT)",
        6 => " (SIGABRT)",
        9 => " (SIGKILL), by another process or, if memory was low, by the system",
        15 => " (SIGTERM)",
        _ => "",
    };

    /// <summary>Reads what a finished task decided from its artifacts, as tasks of Python Metaflow and of older versions tell
    /// it.</summary>
    /// <param name="artifacts">Its artifacts.</param>
    /// <param name="lineage">What it noted at its end, where it is known: artifacts do not have all of it.</param>
    /// <returns>The result.</returns>
    public static TaskResult Decode(TaskArtifacts artifacts, TaskLineage? lineage = null)
    {
        IReadOnlyList<string> next = [];
        if (artifacts.Contains(InternalArtifacts.Transition)
            && artifacts.LoadPlain(InternalArtifacts.Transition) is PythonTuple { Count: 2 } transition
            && transition[0] is IReadOnlyList<object?> steps)
        {
            next = [.. steps.OfType<string>()];
        }

        var splits = artifacts.Contains(InternalArtifacts.ForeachNumSplits)
            ? artifacts.LoadPlain(InternalArtifacts.ForeachNumSplits)
            : null;
        return new TaskResult(next, splits is long count ? (int)count : null)
        {
            GangSize = GangSizeOf(artifacts),
            MaxParallel = lineage?.Result?.MaxParallel,
            IsCaught = lineage?.Result?.IsCaught ?? false,
            Items = lineage?.Result?.Items ?? (splits is long ? ItemsOf(artifacts) : []),
        };
    }

    /// <summary>Reads the items of a foreach as texts.</summary>
    /// <param name="artifacts">The artifacts of the task that has it.</param>
    /// <returns>The texts; none when they are not recorded.</returns>
    public static IReadOnlyList<string> ItemsOf(TaskArtifacts artifacts)
        => artifacts.Contains(InternalArtifacts.ForeachValues)
            && artifacts.LoadPlain(InternalArtifacts.ForeachValues) is IReadOnlyList<object?> items
            ? [.. items.Select(static item => item as string ?? "")]
            : [];

    /// <summary>A gang's tasks inherit its size from the task that started it, which alone names it as what it iterates.</summary>
    private static int? GangSizeOf(TaskArtifacts artifacts)
        => artifacts.Contains(InternalArtifacts.ForeachVar)
            && artifacts.LoadPlain(InternalArtifacts.ForeachVar) is InternalArtifacts.ParallelIterator
            ? GangIterator.SizeOf(artifacts.LoadPlain(InternalArtifacts.ParallelIterator))
            : null;

    private AttemptResult Check(ScheduledTask task, TaskPath path, TaskResult result)
    {
        var maximum = context.Request.MaxNumSplits;
        if (result.NumSplits > maximum)
        {
            return Refuse(new StepFailedException(
                ErrorCodes.TooManySplits,
                $"Foreach in step {task.Step} yielded {result.NumSplits} child steps which is more than the current maximum of {maximum} "
                    + "children.",
                "A foreach that becomes too large by mistake would flood the machine.",
                "You can raise the maximum with the --max-num-splits option.")
            { Pathspec = path.ToString() });
        }

        var graph = context.Definition.Graph;
        var known = graph.NextOf(graph.Find(task.Step)!);
        foreach (var next in result.NextSteps)
        {
            if (!known.Contains(next))
            {
                return Refuse(new StepFailedException(
                    ErrorCodes.UnexpectedTransition,
                    $"Step '{task.Step}' returned a transition to '{next}'.",
                    $"According to its source, its transitions lead to: {string.Join(", ", known)}.",
                    "Write every Next(…) in the step's own body, and rebuild the program.")
                { Pathspec = path.ToString() });
            }
        }

        return new AttemptResult(result, null);
    }

    private static AttemptResult Refuse(MetaflowException error)
        => new(null, new TaskFailure(error.Message, MayRetry: false) { Error = error });
}
