using Metaflow.Errors;
using Metaflow.Programs;
using Metaflow.Stores;

namespace Metaflow;

public sealed partial record Current
{
    /// <summary>Gets where the task's data and records are.</summary>
    internal RunStores? Stores { get; init; }

    /// <summary>Gets a value indicating whether other tasks run in the same process.</summary>
    internal bool SharesProcess { get; init; }

    /// <summary>Gets the function that records a run that the step started with the task.</summary>
    internal Func<string, Task>? RecordChildRun { get; init; }

    /// <summary>Runs another flow as a separate run, and waits for its end. Its output becomes output of the step, each line with its
    /// task.</summary>
    /// <typeparam name="TFlow">The other flow's class, of this program or of an assembly that it references.</typeparam>
    /// <param name="options">The options, with the parameters, as for <see cref="FlowRunner"/>; <see langword="null"/> for the defaults.
    /// The datastore and the namespace are those of the task unless you give others.</param>
    /// <returns>The run, which succeeded:
    /// <c>(await Current.RunFlowAsync&lt;TrainFlow&gt;(new() { Parameters = new { alpha = 0.5 } })).Data.Model</c>.</returns>
    /// <exception cref="StepFailedException">The run failed (MF3011). If the step does not catch the exception, it is the step's failure.
    /// Another attempt starts another run.</exception>
    /// <exception cref="OperationCanceledException">This task was asked to stop, or its timeout is over: the run was ended
    /// first.</exception>
    /// <remarks>The task's metadata has the run as <c>child-run</c>, and the run's metadata has the task as <c>parent-task</c>. The
    /// client reads them with <see cref="Client.TaskHandle.ChildRuns"/> and <see cref="Client.RunHandle.ParentTask"/>. The run does not
    /// outlive the task.</remarks>
    public async Task<FlowRun<TFlow>> RunFlowAsync<TFlow>(FlowRunOptions? options = null)
        where TFlow : FlowSpec, new()
    {
        var output = new ChildFlowOutput(
            new TFlow().FlowName,
            options?.Progress,
            RecordChildRun ?? throw new InvalidOperationException("A step can run another flow only while the step itself runs."));
        var run = await FlowRunner.RunAsync<TFlow>(
            ChildFlow.Options(this, typeof(TFlow), options ?? new FlowRunOptions(), output), CancellationToken).ConfigureAwait(false);
        await output.Recorded.ConfigureAwait(false);
        CancellationToken.ThrowIfCancellationRequested();
        return run.Succeeded ? run : throw new StepFailedException(
            ErrorCodes.ChildRunFailed,
            $"The run '{run.Pathspec}', which step '{StepName}' started, failed.",
            run.Error?.Message ?? "It was ended before it finished.",
            "Fix the flow, or catch this exception if the step can continue without its result.");
    }
}
