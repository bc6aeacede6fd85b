namespace Metaflow;

/// <summary>An author's exception as data. It crosses processes, is stored with the task, and is the value that <c>[Catch]</c>
/// stores.</summary>
/// <param name="Type">The full name of the exception's type, such as <c>System.InvalidOperationException</c>.</param>
/// <param name="Message">The exception's message.</param>
/// <param name="StackTrace">The stack of the author's own frames, outermost last; <see langword="null"/> when there is none.</param>
/// <param name="Inner">The cause, or <see langword="null"/>.</param>
/// <remarks>On disk it is Python Metaflow's <c>MetaflowExceptionWrapper</c>, so that Python's client shows it as the task's
/// exception.</remarks>
public sealed record StepFailure(string Type, string Message, string? StackTrace = null, StepFailure? Inner = null)
{
    /// <summary>Returns the stack trace, or the type and the message if there is no stack trace.</summary>
    /// <returns>The text that Python Metaflow prints for a failure.</returns>
    public override string ToString() => string.IsNullOrEmpty(StackTrace) ? $"[no stacktrace]\n{Type}: {Message}" : StackTrace;
}
