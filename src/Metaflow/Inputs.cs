using System.Collections;
using Metaflow.Joins;

namespace Metaflow;

/// <summary>The inputs of a join: one flow object for each task that the join takes. Their artifacts are loaded on first use.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
/// <remarks>They have the order of the split: by index after a foreach, by declaration after a branch. There are none after a foreach
/// without items.</remarks>
public sealed class Inputs<TFlow> : IReadOnlyList<TFlow>
    where TFlow : FlowSpec
{
    private readonly IReadOnlyList<(string Step, TFlow Flow)> _inputs;

    internal Inputs(IReadOnlyList<(string Step, TFlow Flow)> inputs, JoinedArtifacts? join = null)
    {
        _inputs = inputs;
        Join = join;
    }

    /// <summary>Gets the tasks that arrive, and what the join took over from them; <see langword="null"/> outside a task.</summary>
    internal JoinedArtifacts? Join { get; }

    /// <inheritdoc/>
    public int Count => _inputs.Count;

    /// <summary>Gets the input at an index of the split.</summary>
    /// <param name="index">The index, from 0.</param>
    public TFlow this[int index] => _inputs[index].Flow;

    /// <summary>Returns the input that comes from a step. If there are several, the last one.</summary>
    /// <param name="step">The step as a method group: <c>inputs.From(Left)</c>.</param>
    /// <returns>The input.</returns>
    /// <exception cref="ArgumentException">No input comes from that step.</exception>
    public TFlow From(Delegate step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var probe = _inputs.Count > 0 ? _inputs[0].Flow.StepNameOf(step.Method.Name) : null;
        return FromName(probe ?? step.Method.Name);
    }

    /// <summary>Returns the input that comes from a step with a name. If there are several, the last one.</summary>
    /// <param name="stepName">The step's name on disk.</param>
    /// <returns>The input.</returns>
    /// <exception cref="ArgumentException">No input comes from that step.</exception>
    public TFlow FromName(string stepName)
    {
        for (var i = _inputs.Count - 1; i >= 0; i--)
        {
            if (_inputs[i].Step == stepName)
            {
                return _inputs[i].Flow;
            }
        }

        var known = string.Join(", ", _inputs.Select(static input => input.Step).Distinct());
        throw new ArgumentException($"No input of this join arrives from '{stepName}'. Inputs arrive from: {known}.", nameof(stepName));
    }

    /// <inheritdoc/>
    public IEnumerator<TFlow> GetEnumerator()
    {
        foreach (var (_, flow) in _inputs)
        {
            yield return flow;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
