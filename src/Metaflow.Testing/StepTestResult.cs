using Metaflow.Client;
using Metaflow.Errors;

namespace Metaflow.Testing;

/// <summary>What one step did in a test.</summary>
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

    /// <summary>Gets the artifacts after the step, those that were given included.</summary>
    /// <exception cref="StepFailedException">The step failed: what it set is not kept.</exception>
    public TFlow Data => Failure is null || Succeeded ? Task.Data : throw new StepFailedException(
        ErrorCodes.StepRaised,
        $"Step {Task.Pathspec} failed, so its artifacts are not stored.",
        $"It threw {Failure.Type}: {Failure.Message}{(Failure.Message.EndsWith('.') ? "" : ".")}",
        "'Failure' has the stack trace. 'Output' and 'ErrorOutput' have the step's output.");

    /// <summary>Gets the author's exception, or <see langword="null"/>; one that <c>[Catch]</c> handles is in its own artifact.</summary>
    public StepFailure? Failure => Task.Untyped.Exception;

    /// <summary>Gets the names on disk of the steps that the step moves on to; none from the end step.</summary>
    public IReadOnlyList<string> Next
        => Task.Untyped.Data["_transition"] is IReadOnlyList<object?> transition && transition[0] is IReadOnlyList<object?> steps
            ? [.. steps.OfType<string>()]
            : [];

    /// <summary>Gets how many items the step's foreach has; <see langword="null"/> where it moves on otherwise.</summary>
    public int? ItemCount => Task.Untyped.Data["_foreach_num_splits"] is long count ? (int)count : null;

    /// <summary>Gets what the step printed to its standard output.</summary>
    public string Output { get; }

    /// <summary>Gets what the step printed to its error stream, its failure included.</summary>
    public string ErrorOutput { get; }
}
