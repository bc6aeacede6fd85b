namespace Metaflow.Launching;

/// <summary>The environment variables by which a task knows its gang, as in the reference.</summary>
internal static class GangVariables
{
    public const string MainIp = "MF_PARALLEL_MAIN_IP";
    public const string NodeCount = "MF_PARALLEL_NUM_NODES";
    public const string NodeIndex = "MF_PARALLEL_NODE_INDEX";
    public const string ControlTaskId = "MF_PARALLEL_CONTROL_TASK_ID";

    /// <summary>The address of the first task where all run on one machine.</summary>
    public const string Local = "127.0.0.1";
}
