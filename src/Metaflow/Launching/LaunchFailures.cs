using System.ComponentModel;
using Metaflow.Errors;

namespace Metaflow.Launching;

/// <summary>What goes wrong when a process is started, told as an error of the task: it may be tried again.</summary>
internal static class LaunchFailures
{
    /// <summary>Returns whether the system refuses a process, a thread or a file for it, or took the process away.</summary>
    /// <param name="error">What was thrown.</param>
    /// <returns>Whether it does; <see langword="false"/> for a fault of the framework.</returns>
    public static bool IsExpected(Exception error) => error is
        Win32Exception or InvalidOperationException or OutOfMemoryException or ThreadStartException
            or IOException or UnauthorizedAccessException;

    /// <summary>Translates what was thrown.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="request">What was to be started.</param>
    /// <returns>The error of the task.</returns>
    public static MetaflowException Of(Exception error, LaunchRequest request) => error switch
    {
        MetaflowException known => known,
        _ when !IsExpected(error) => InternalException.Of(error),
        _ => new LaunchException(
            ErrorCodes.ProcessNotStarted,
            $"The process of task '{request.Task.WithoutFlow}' could not be started.",
            $"Starting '{request.Program.FileName}' failed: {Reason(error)}.",
            "Check that the program still exists, and that the machine has free processes and memory. With a lower --max-workers, fewer "
                + "tasks run at the same time.",
            error)
        {
            IsTransient = true,
            Pathspec = request.Task.ToString(),
        },
    };

    // The runtime says "out of memory" also when the system has no thread left.
    private static string Reason(Exception error) => error is OutOfMemoryException or ThreadStartException
        ? "the system has no free thread or no memory to read the output of the process"
        : error.Message.TrimEnd('.');
}
