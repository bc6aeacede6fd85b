using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow;

/// <summary>A run that was started from code and has ended.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class FlowRun<TFlow>
    where TFlow : FlowSpec, new()
{
    private MetaflowException? _error;

    internal FlowRun(RunHandle<TFlow> handle, RunOutcome outcome, bool wasCancelled)
    {
        Handle = handle;
        Outcome = outcome;
        WasCancelled = wasCancelled;
    }

    /// <summary>Gets the run as the client sees it: typed data of every task, logs, tags.</summary>
    public RunHandle<TFlow> Handle { get; }

    /// <summary>Gets how the run ended.</summary>
    public RunOutcome Outcome { get; }

    /// <summary>Gets the run's id.</summary>
    public string RunId => Outcome.RunId;

    /// <summary>Gets the pathspec, <c>Flow/run</c>.</summary>
    public string Pathspec => Handle.Pathspec;

    /// <summary>Gets a value indicating whether the end step finished.</summary>
    public bool Succeeded => Outcome.Succeeded;

    /// <summary>Gets a value indicating whether the caller's token ended the run.</summary>
    public bool WasCancelled { get; }

    /// <summary>Gets the error that ended the run; <see langword="null"/> after a success, and after a cancellation.</summary>
    public MetaflowException? Error
        => _error ??= Outcome.Error is { Code: ErrorCodes.StepRaised } error && Failure is { } failure
            ? Raised(error, failure)
            : Outcome.Error;

    /// <summary>Gets the author's exception that ended the run, as data; <see langword="null"/> if there is none.</summary>
    public StepFailure? Failure => FailedTask?.Exception;

    /// <summary>Gets the task whose failure ended the run, or <see langword="null"/>.</summary>
    public TaskHandle? FailedTask
        => Outcome.Error?.Pathspec?.Split('/') is [_, _, var step, var task] ? Handle.Untyped.Task(step, task) : null;

    /// <summary>Gets the artifacts of the end task; each value is loaded on first use.</summary>
    /// <exception cref="MetadataException">The run has no end task (MF5004).</exception>
    public TFlow Data => Handle.Data;

    /// <summary>Throws the error that ended the run, unless the run succeeded.</summary>
    /// <returns>This run.</returns>
    /// <exception cref="MetaflowException">The run failed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public FlowRun<TFlow> EnsureSucceeded()
    {
        if (Succeeded)
        {
            return this;
        }

        throw WasCancelled || Error is null ? new OperationCanceledException($"The run {Pathspec} was cancelled.") : Error;
    }

    /// <summary>A caller has no output above to look at, as the user of a command line has: the error says itself what the author's
    /// exception was.</summary>
    private static StepFailedException Raised(MetaflowException error, StepFailure failure) => new(
        error.Code,
        $"Step {error.Pathspec} failed.",
        $"It threw {failure.Type}: {failure.Message}{(failure.Message.EndsWith('.') ? "" : ".")}",
        "The run's 'Failure' has the stack trace, and the log of the task has its output.",
        error)
    {
        Pathspec = error.Pathspec,
    };
}
