using Metaflow.Errors;

namespace Metaflow.Launching;

/// <summary>Tells the build of a flow's assembly from others: a program that is rebuilt while a run of it is at work would run the tasks
/// that follow with other code than the run recorded.</summary>
internal static class ProgramBuild
{
    /// <summary>Returns what tells the build of a flow that is loaded from others.</summary>
    /// <param name="flow">The flow.</param>
    /// <returns>The id that the compiler derives from all that it compiled: the same source gives the same one.</returns>
    public static string Of(FlowSpec flow) => flow.GetType().Module.ModuleVersionId.ToString("N");

    /// <summary>Throws where a task was started from another build than its scheduler.</summary>
    /// <param name="flow">The flow of the task.</param>
    /// <param name="line">The task's command line.</param>
    /// <exception cref="LaunchException">MF6037: the program was built again since.</exception>
    public static void Require(FlowSpec flow, TaskCommandLine line)
    {
        if (line.Build is { } expected && expected != Of(flow))
        {
            throw new LaunchException(
                ErrorCodes.ProgramRebuilt,
                $"The task '{line.Step}' is not run: the program was built again while the run was at work.",
                "The run began with another build, whose code it recorded for its tasks. This task would compute with code that the "
                    + "record does not tell.",
                "Continue the run with the program as it is now ('resume --continue'), or resume it into a new one. Run long flows from a "
                    + "copy: 'dotnet publish' makes one.")
            {
                ExitCode = ExitCodes.FailedDoNotRetry,
            };
        }
    }
}
