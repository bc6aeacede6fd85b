using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Testing;

/// <summary>A run of a flow in a test.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class FlowTestRun<TFlow>
    where TFlow : FlowSpec, new()
{
    internal FlowTestRun(FlowRun<TFlow> run, IReadOnlyList<RunEvent> events)
    {
        Run = run;
        Events = events;
    }

    /// <summary>Gets the run, as <see cref="FlowRunner"/> returns it.</summary>
    public FlowRun<TFlow> Run { get; }

    /// <summary>Gets everything that happened, in order.</summary>
    public IReadOnlyList<RunEvent> Events { get; }

    /// <summary>Gets a value indicating whether the end step finished.</summary>
    public bool Succeeded => Run.Succeeded;

    /// <summary>Gets the artifacts of the end task.</summary>
    /// <exception cref="MetaflowException">The run failed. The exception is the error that ended it, so that the test's report shows
    /// it.</exception>
    public TFlow Data => Run.EnsureSucceeded().Data;

    /// <summary>Gets the error that ended the run, or <see langword="null"/>.</summary>
    public MetaflowException? Error => Run.Error;

    /// <summary>Gets the author's exception that ended the run, or <see langword="null"/>.</summary>
    public StepFailure? Failure => Run.Failure;

    /// <summary>Gets the names on disk of the steps that had tasks, in the order in which the first task of each began.</summary>
    public IReadOnlyList<string> Steps
        => [.. Events.OfType<RunEvent.TaskStarting>().Select(static started => started.Task.Step).Distinct()];

    /// <summary>Gets the standard output of all tasks, in the order of its arrival.</summary>
    public string Output => Lines(isError: false);

    /// <summary>Gets the error output of all tasks.</summary>
    public string ErrorOutput => Lines(isError: true);

    /// <summary>Returns the tasks of a step in the order of their creation.</summary>
    /// <param name="step">The step: the method's name or the name on disk.</param>
    /// <returns>The tasks, with typed data.</returns>
    /// <exception cref="MetadataException">The step has no task (MF5004).</exception>
    public IReadOnlyList<TaskHandle<TFlow>> Tasks(string step)
        => [.. Run.Handle.Tasks(new TFlow().StepNameOf(step) ?? step).OrderBy(static task => NumberOf(task))];

    /// <summary>Returns the number of attempts of a step, over all its tasks.</summary>
    /// <param name="step">The step: the method's name or the name on disk.</param>
    /// <returns>The number.</returns>
    public int Attempts(string step)
    {
        var name = new TFlow().StepNameOf(step) ?? step;
        return Events.OfType<RunEvent.TaskStarting>().Count(started => started.Task.Step == name);
    }

    private static int NumberOf(TaskHandle<TFlow> task) => int.TryParse(task.Untyped.Id, out var number) ? number : 0;

    private string Lines(bool isError)
        => string.Concat(Events.OfType<RunEvent.TaskOutput>().Where(line => line.IsError == isError)
            .Select(static line => line.Text + "\n"));
}
