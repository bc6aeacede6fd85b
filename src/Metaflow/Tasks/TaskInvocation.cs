using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;

namespace Metaflow.Tasks;

/// <summary>Gives a running step its argument: the item of its foreach, its index in a gang, or the inputs of its join.</summary>
internal sealed class TaskInvocation(FlowDatastore datastore, TaskInputs inputs, TaskCommandLine line) : StepInvocation
{
    private (TaskArtifacts Split, string Variable, int Index)? _item;

    /// <summary>Returns the key of the item that the step took.</summary>
    /// <returns>The key, or <see langword="null"/> when it took none.</returns>
    public string? ItemKey() => _item is { } item ? ItemKeys.Of(item.Split, item.Variable, item.Index) : null;

    /// <inheritdoc/>
    public override T Item<T>()
    {
        if (line.NumParallel is not null && line.SplitIndex is T place)
        {
            return place;
        }

        if (line.Item is { } item && TaskPath.FromText(inputs.Task.Flow, item.SplitPath) is { } path)
        {
            return Load<T>(datastore.OpenTaskAsync(path, null, default).AsTask().GetAwaiter().GetResult(), item.Index);
        }

        return line.SplitIndex is { } index ? Load<T>(inputs.First, index) : throw NoForeach();
    }

    private T Load<T>(TaskArtifacts split, int index)
    {
        var variable = split.LoadPlain(InternalArtifacts.ForeachVar) as string ?? throw NoForeach();
        _item = (split, variable, index);
        return split.LoadItem<T>(variable, index);
    }

    private InternalException NoForeach() => new(
        ErrorCodes.InternalFault,
        $"Task '{inputs.Task}' has an argument but is not in a foreach.",
        "The step before it did not use forEach.",
        "Report this with the flow's source.");

    /// <inheritdoc/>
    public override Inputs<TFlow> Inputs<TFlow>()
    {
        var flows = new List<(string Step, TFlow Flow)>();
        foreach (var input in inputs.Join.Inputs)
        {
            var flow = new TFlow();
            input.Cells = FlowCells.Attach(flow, input.Source);
            flows.Add((input.Path.Step, flow));
        }

        return new Inputs<TFlow>(flows, inputs.Join);
    }
}

/// <summary>The cells of a flow object.</summary>
internal static class FlowCells
{
    /// <summary>Lets a flow object read the artifacts of a task.</summary>
    /// <param name="flow">The object.</param>
    /// <param name="source">The artifacts.</param>
    /// <returns>The object's cells.</returns>
    public static IReadOnlyList<ArtifactCell> Attach(FlowSpec flow, IArtifactSource source)
    {
        var cells = new List<ArtifactCell>();
        flow.CollectCells(cells);
        foreach (var cell in cells)
        {
            cell.Source = source;
        }

        return cells;
    }
}
