namespace Metaflow.Running;

/// <summary>How many tasks of a step there are in each state.</summary>
/// <param name="Step">The step's name on disk.</param>
/// <param name="Running">Tasks running.</param>
/// <param name="Done">Tasks finished successfully, the cloned and the caught ones among them.</param>
/// <param name="Queued">Tasks waiting for a worker.</param>
public sealed record StepCount(string Step, int Running, int Done, int Queued)
{
    /// <summary>Gets the number of tasks that failed and wait for their next attempt. The default is 0.</summary>
    public int Retrying { get; init; }

    /// <summary>Gets the number of tasks that failed for good. The default is 0.</summary>
    public int Failed { get; init; }

    /// <summary>Gets the number of finished tasks that took their results from an earlier run. The default is 0.</summary>
    public int Cloned { get; init; }

    /// <summary>Gets the number of finished tasks whose failure <c>[Catch]</c> handled. The default is 0.</summary>
    public int Caught { get; init; }

    /// <summary>Gets the number of tasks that the step will have, as far as that is known now. The default is 0.</summary>
    public int Total { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Total"/> is exact. It is not while a foreach, a gang or a switch before the step
    /// has yet to decide. The default is <see langword="false"/>.</summary>
    public bool IsTotalExact { get; init; }
}
