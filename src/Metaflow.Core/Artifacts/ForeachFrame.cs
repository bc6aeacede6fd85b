using Metaflow.Serialization;

namespace Metaflow.Artifacts;

/// <summary>Where a task stands in one foreach: an entry of <c>_foreach_stack</c>.</summary>
/// <param name="Step">The foreach step.</param>
/// <param name="Var">The artifact that it iterates over.</param>
/// <param name="NumSplits">The number of tasks; <see langword="null"/> while it is not known, as of an unbounded foreach.</param>
/// <param name="Index">The index of the task among them, from 0.</param>
/// <param name="Value">The item as a text of at most 30 characters; <see langword="null"/> when it is not kept.</param>
/// <remarks>On disk it is Python Metaflow's named tuple, whose class lives in Python's <c>__main__</c>.</remarks>
internal sealed record ForeachFrame(string Step, string Var, long? NumSplits, long Index, string? Value) : IPythonForm<ForeachFrame>
{
    private const string Module = "__main__";

    /// <inheritdoc/>
    public static ForeachFrame? FromPython(PythonObject stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored is { Module: Module, Name: nameof(ForeachFrame) }
            && stored.Arguments is [string step, string or null, long or null, long index, string or null]
            ? new ForeachFrame(
                step, stored.Arguments[1] as string ?? string.Empty, stored.Arguments[2] as long?, index, stored.Arguments[4] as string)
            : null;
    }

    /// <inheritdoc/>
    public PythonObject ToPython() => new(Module, nameof(ForeachFrame), [Step, Var, NumSplits, Index, Value]);
}
