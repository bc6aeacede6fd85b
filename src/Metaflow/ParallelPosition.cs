namespace Metaflow;

/// <summary>A task's place in its gang.</summary>
/// <param name="MainIp">The address of the machine that the first task runs on; <c>127.0.0.1</c> locally, where tasks use different
/// ports.</param>
/// <param name="NodeCount">How many tasks the gang has.</param>
/// <param name="NodeIndex">The task's index, from 0.</param>
/// <param name="ControlTaskId">The id of the first task.</param>
/// <remarks>The same is in the environment variables <c>MF_PARALLEL_MAIN_IP</c>, <c>MF_PARALLEL_NUM_NODES</c>,
/// <c>MF_PARALLEL_NODE_INDEX</c> and <c>MF_PARALLEL_CONTROL_TASK_ID</c>, which a back end sets for its machines.</remarks>
public sealed record ParallelPosition(string MainIp, int NodeCount, int NodeIndex, string ControlTaskId)
{
    /// <summary>Gets a value indicating whether this is the first task, to which the others usually connect.</summary>
    public bool IsMain => NodeIndex == 0;
}
