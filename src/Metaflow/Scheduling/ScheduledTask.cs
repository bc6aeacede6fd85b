using System.Collections.Immutable;
using Metaflow.Joins;

namespace Metaflow.Scheduling;

/// <summary>A split that is open around a task.</summary>
/// <param name="SplitTaskId">The task that split; with the join's name it says which tasks belong together.</param>
/// <param name="IsForeach">Whether it is a foreach, rather than a branch.</param>
/// <param name="Count">How many tasks the split yields.</param>
/// <param name="Index">Which of them this one is, from 0.</param>
internal sealed record TaskFrame(string SplitTaskId, bool IsForeach, int Count, int Index)
{
    /// <summary>Gets the name on disk of the step that split.</summary>
    public string SplitStep { get; init; } = "";
}

/// <summary>The address of a finished task, as the input of another.</summary>
/// <param name="Step">The step's name on disk.</param>
/// <param name="TaskId">The task's id.</param>
/// <remarks>No structure: code for lists of one would have to be compiled in each process that launches tasks.</remarks>
internal sealed record TaskInput(string Step, string TaskId);

/// <summary>A task's place in a gang.</summary>
/// <param name="ControlTaskId">The id of the first task.</param>
/// <param name="Size">How many tasks the gang was asked for.</param>
/// <param name="Index">Which of them this one is, from 0.</param>
internal sealed record GangSeat(string ControlTaskId, int Size, int Index);

/// <summary>A task that runs, waits to run, or waits to be tried again.</summary>
internal sealed record ScheduledTask
{
    /// <summary>Gets the id within the run.</summary>
    public required string TaskId { get; init; }

    /// <summary>Gets the step's name on disk.</summary>
    public required string Step { get; init; }

    /// <summary>Gets the attempt, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>Gets the attempt from which retries are counted: more than 0 when the run was continued after the task had failed for
    /// good.</summary>
    public int FirstAttempt { get; init; }

    /// <summary>Gets the tasks whose results it starts from, in the order of the split for a join.</summary>
    public required ImmutableArray<TaskInput> Inputs { get; init; }

    /// <summary>Gets the index in a foreach that its input yields, or <see langword="null"/>.</summary>
    public int? SplitIndex { get; init; }

    /// <summary>Gets what it joins.</summary>
    public JoinKind Join { get; init; }

    /// <summary>Gets how many tasks of its foreach may run at once; <see langword="null"/> for any number.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Gets the place in a gang, or <see langword="null"/>.</summary>
    public GangSeat? Gang { get; init; }

    /// <summary>Gets the splits open around it, outermost first.</summary>
    public ImmutableList<TaskFrame> Frames { get; init; } = [];

    /// <summary>Gets the passes of the loops around it: empty outside one.</summary>
    public ImmutableList<int> Iterations { get; init; } = [];

    /// <summary>Gets what tells it apart from every other task of its run, and is the same in every run.</summary>
    public TaskKey Key => new(
        Step,
        string.Join(',', Frames.Where(static frame => frame.IsForeach).Select(static frame => frame.Index)),
        string.Join(',', Iterations));
}

/// <summary>What tells a task apart from every other task of its run, and is the same in every run of the flow.</summary>
/// <param name="Step">The step's name on disk.</param>
/// <param name="Indices">Its places in the foreaches around it, outermost first, with commas between.</param>
/// <param name="Iterations">The passes of the loops around it, with commas between.</param>
internal readonly record struct TaskKey(string Step, string Indices, string Iterations)
{
    /// <summary>Returns the key as messages show it.</summary>
    /// <returns>The step, the places in brackets, and the passes in further brackets.</returns>
    public override string ToString()
        => Step + (Indices.Length > 0 || Iterations.Length > 0 ? $"[{Indices}]" : "") + (Iterations.Length > 0 ? $"[{Iterations}]" : "");
}
