using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>Decides which of several processes that share a run does its work.</summary>
internal interface IRunLeadership
{
    /// <summary>Tries to lead. When another process leads, waits for the end of its run.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How the leader's run ended; <see langword="null"/> when this process leads and has to run it.</returns>
    /// <exception cref="Errors.MetaflowException">The run is not shared (MF2074), or its leader is gone without having finished
    /// (MF5040).</exception>
    Task<RunOutcome?> FollowAsync(CancellationToken cancellationToken);

    /// <summary>Records that the leader is done.</summary>
    /// <returns>A task that ends when that is durable.</returns>
    Task MarkDoneAsync();
}
