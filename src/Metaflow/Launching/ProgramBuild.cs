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
                $"The task of step '{line.Step}' was not started: the program was built again during the run.",
                "The run has recorded the code of the build with which it began. This task would run other code.",
                "Continue the run with the current program ('resume --continue'), or start a new run from it ('resume'). Run long flows "
                    + "from a copy that no build changes, for example one that 'dotnet publish' writes.")
            {
                ExitCode = ExitCodes.FailedDoNotRetry,
            };
        }
    }
}
