using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Platform;
using Metaflow.Tasks;

namespace Metaflow.Programs;

/// <summary>The process of one task.</summary>
internal static class TaskProgram
{
    /// <summary>Says whether a program was started to run a task.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>Whether the first is <c>step</c>.</returns>
    public static bool IsTask(string[] arguments) => arguments.Length > 0 && arguments[0] == TaskCommandLine.Verb;

    /// <summary>Runs the task.</summary>
    /// <param name="flow">A new object of the flow.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(FlowSpec flow, string[] arguments)
    {
        // A group of its own, so that the scheduler can end it with all that it starts; and it must not outlive the scheduler.
        PosixProcess.TryBecomeGroupLeader();
        PosixProcess.DieWithParent(PosixProcess.SigKill);
        try
        {
            var line = TaskCommandLine.FromArguments(arguments);
            return await new TaskRunner(flow, line, TimeProvider.System, Console.Error).RunAsync().ConfigureAwait(false);
        }
        catch (MetaflowException error)
        {
            await Console.Error.WriteLineAsync($"    {error.Headline}:\n    {error.Code}: {error.Message}").ConfigureAwait(false);
            return error.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Terminated;
        }
    }
}
