using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;

namespace Metaflow.Client;

/// <summary>The summary of a run in a list of runs, at one moment.</summary>
/// <param name="Pathspec">The pathspec, <c>Flow/run</c>.</param>
/// <param name="Id">The id.</param>
/// <param name="State">The state.</param>
/// <param name="CreatedAt">When the run was registered.</param>
/// <param name="UserName">Who started it.</param>
/// <param name="UserTags">The tags that users set.</param>
/// <param name="Tasks">How many tasks finished and failed.</param>
public sealed record RunSummary(
    string Pathspec, string Id, RunState State, DateTimeOffset CreatedAt, string UserName, IReadOnlyList<string> UserTags,
    RunProgress Tasks)
{
    /// <summary>Gets how long the run took, or has been running; <see langword="null"/> if its end is unknown.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets why the run ended without success, or why its state is unknown; <see langword="null"/> otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Reads the summary of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The summary.</returns>
    internal static async Task<RunSummary> OfAsync(RunHandle run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);

        // One run that cannot be read must not keep the others from being listed.
        try
        {
            var status = await run.GetStatusAsync(cancellationToken).ConfigureAwait(false);
            return run.IsUnreadable ? Unknown(run, status?.Reason) : await ReadAsync(run, status, cancellationToken).ConfigureAwait(false);
        }
        catch (MetaflowException error)
        {
            return Unknown(run, $"{error.Message} [{error.Code}]");
        }
    }

    private static RunSummary Unknown(RunHandle run, string? reason)
        => new(run.Pathspec, run.Id, RunState.Unknown, run.CreatedAt, run.UserName, run.UserTags, new RunProgress(0, 0, 0, 0))
        {
            Reason = reason,
        };

    private static async Task<RunSummary> ReadAsync(RunHandle run, RunStatus? status, CancellationToken cancellationToken)
    {
        var state = await run.StateOfAsync(status, cancellationToken).ConfigureAwait(false);
        var tasks = await run.ProgressOrCountAsync(cancellationToken).ConfigureAwait(false);
        return new RunSummary(run.Pathspec, run.Id, state, run.CreatedAt, run.UserName, run.UserTags, tasks)
        {
            Duration = await run.DurationOfAsync(status, TimeProvider.System.GetUtcNow(), cancellationToken).ConfigureAwait(false),
            Reason = status?.Reason,
        };
    }
}
