using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Tasks;

/// <summary>How the author's code ended.</summary>
/// <param name="Transition">Where it moves on to; <see langword="null"/> from the end step, and after a failure.</param>
/// <param name="Failure">The failure, or <see langword="null"/>.</param>
internal sealed record UserCodeOutcome(Transition? Transition, StepFailure? Failure)
{
    /// <summary>Gets the items of the foreach that it moves on to, or <see langword="null"/>.</summary>
    public ForeachItems? Items { get; init; }

    /// <summary>Gets the framework's own error among what the step raised, or <see langword="null"/>.</summary>
    public MetaflowException? Error { get; init; }

    /// <summary>Gets a value indicating whether its time was over.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Gets a value indicating whether the author's code still runs, and may change what it set.</summary>
    public bool WasLeftBehind { get; init; }

    /// <summary>Gets the exception of the author's code, or <see langword="null"/>.</summary>
    public Exception? Raised { get; init; }
}

/// <summary>The one place where the author's exceptions are caught.</summary>
internal static class UserCode
{
    /// <summary>How long a step has to end after its timeout was told to it by the token.</summary>
    private static readonly TimeSpan TimeoutGrace = TimeSpan.FromSeconds(1);

    /// <summary>Runs a step, and enumerates the items that it moves on with.</summary>
    /// <param name="step">Runs it, with the hooks of its decorators.</param>
    /// <param name="collect">Enumerates the items of a foreach.</param>
    /// <param name="stop">Is cancelled when the task is asked to stop; that passes through as a cancellation.</param>
    /// <returns>How it ended.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The author's code may raise anything; this is the boundary.")]
    public static async Task<UserCodeOutcome> RunAsync(
        Func<ValueTask<Transition?>> step, Func<Transition, ValueTask<ForeachItems?>> collect, CancellationToken stop)
    {
        try
        {
            var transition = await step().ConfigureAwait(false);
            return new UserCodeOutcome(transition, null)
            {
                Items = transition is { IsForeach: true } ? await collect(transition).ConfigureAwait(false) : null,
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            return new UserCodeOutcome(null, UserFrames.Describe(exception)) { Error = exception as MetaflowException, Raised = exception };
        }
    }

    /// <summary>Runs a step for a limited time. A step that does not heed the token is left behind: its process ends soon, and what it
    /// started with it.</summary>
    /// <param name="run">Runs the step.</param>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="limit">The time that it has.</param>
    /// <param name="expired">Is cancelled when the time is over.</param>
    /// <param name="leaveBehind">Is called for a step that does not heed the token, while it still runs.</param>
    /// <returns>How it ended.</returns>
    public static async Task<UserCodeOutcome> RunWithinAsync(
        Func<Task<UserCodeOutcome>> run, string step, TimeSpan limit, CancellationTokenSource expired, Func<Task> leaveBehind)
    {
        // A thread of its own: a step that computes would otherwise block the very thread that watches the time.
        var running = Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        using var ended = new CancellationTokenSource();
        var first = await Task.WhenAny(running, LongTimer.DelayAsync(TimeProvider.System, limit, ended.Token)).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        if (first == running)
        {
            return await running.ConfigureAwait(false);
        }

        await expired.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(running, Task.Delay(TimeoutGrace, CancellationToken.None)).ConfigureAwait(false);
        if (!running.IsCompleted)
        {
            await leaveBehind().ConfigureAwait(false);
        }

        var message = $"Step {step} was still running after its timeout of {limit:c}.";
        return new UserCodeOutcome(null, new StepFailure("Metaflow.StepTimeout", $"{message} ({ErrorCodes.StepTimedOut})"))
        {
            WasLeftBehind = !running.IsCompleted,
            TimedOut = true,
        };
    }
}
