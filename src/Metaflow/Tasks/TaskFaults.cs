using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Tasks;

/// <summary>Says at the top of a task what went wrong around the author's code.</summary>
internal static class TaskFaults
{
    /// <summary>Returns true if a value failed to be stored for what it is: the step would make the same again, so that another attempt
    /// cannot end otherwise.</summary>
    /// <param name="error">The error; <see langword="null"/> for none.</param>
    /// <returns>Whether it did. What an author's own property raised may be over the next time.</returns>
    public static bool IsFinal(MetaflowException? error) => error is StorageException
    {
        Code: ErrorCodes.TypeCannotBeStored or ErrorCodes.TypeCannotBeConstructed or ErrorCodes.DuplicateKey
            or ErrorCodes.CycleThroughConstructor or ErrorCodes.NestedTooDeeply
            or ErrorCodes.StateWouldBeLost or ErrorCodes.DerivedTypeWouldBeLost or ErrorCodes.ReadBackDiffers or ErrorCodes.JsonTooLong,
    };

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
