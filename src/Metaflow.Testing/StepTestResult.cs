using Metaflow.Client;
using Metaflow.Errors;

namespace Metaflow.Testing;

/// <summary>The result of one step in a test.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class StepTestResult<TFlow>
    where TFlow : FlowSpec, new()
{
    internal StepTestResult(TaskHandle<TFlow> task, string output, string errorOutput)
    {
        Task = task;
        Output = output;
        ErrorOutput = errorOutput;
    }

    /// <summary>Gets the task as the client sees it.</summary>
    public TaskHandle<TFlow> Task { get; }

    /// <summary>Gets a value indicating whether the step ended without an exception.</summary>
    public bool Succeeded => Task.Untyped.Successful;

    /// <summary>Gets the artifacts after the step, including those that the test set.</summary>
    /// <exception cref="StepFailedException">The step failed, so its artifacts are not stored.</exception>
    public TFlow Data => Failure is null || Succeeded ? Task.Data : throw new StepFailedException(
        ErrorCodes.StepRaised,
        $"Step {Task.Pathspec} failed, so its artifacts are not stored.",
        $"It threw {Failure.Type}: {Failure.Message}{(Failure.Message.EndsWith('.') ? "" : ".")}",
        "'Failure' has the stack trace. 'Output' and 'ErrorOutput' have the step's output.");

    /// <summary>Gets the author's exception, or <see langword="null"/>; a failure that <c>[Catch]</c> handles is in its
    /// artifact.</summary>
    public StepFailure? Failure => Task.Untyped.Exception;

    /// <summary>Gets the names on disk of the next steps; none for the end step.</summary>
    public IReadOnlyList<string> Next
        => Task.Untyped.Data["_transition"] is IReadOnlyList<object?> transition && transition[0] is IReadOnlyList<object?> steps
            ? [.. steps.OfType<string>()]
            : [];

    /// <summary>Gets how many items the step's foreach has; <see langword="null"/> for other transitions.</summary>
    public int? ItemCount => Task.Untyped.Data["_foreach_num_splits"] is long count ? (int)count : null;

    /// <summary>Gets the standard output of the step.</summary>
    public string Output { get; }

    /// <summary>Gets the error output of the step, including its failure.</summary>
    public string ErrorOutput { get; }
}
