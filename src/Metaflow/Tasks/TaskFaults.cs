using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Tasks;

/// <summary>Says at the top of a task what went wrong around the author's code.</summary>
internal static class TaskFaults
{
    /// <summary>Reports an exception in a sentence.</summary>
    /// <param name="fault">What reached the top.</param>
    /// <param name="errors">The task's error stream.</param>
    /// <returns>The exit code of the task.</returns>
    public static int Report(Exception fault, TextWriter errors)
    {
        if (fault is OperationCanceledException)
        {
            return ExitCodes.Terminated;
        }

        var error = fault as MetaflowException ?? InternalException.Of(fault);
        errors.WriteLine($"    {error.Headline}:\n    {VisibleText.Line(error.Message)} [{error.Code}]");
        return error.ExitCode;
    }
}
