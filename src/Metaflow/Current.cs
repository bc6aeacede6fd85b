using Metaflow.Storage;

namespace Metaflow;

/// <summary>What a running task knows about itself.</summary>
public sealed partial record Current : IRunScope
{
    private readonly CancellationToken _cancellationToken;
    private readonly string _userName = "";

    /// <summary>Gets the flow's name.</summary>
    public required string FlowName { get; init; }

    /// <summary>Gets the run's id.</summary>
    public required string RunId
    {
        get => Observe(field, nameof(RunId));
        init;
    }

    /// <summary>Gets the step's name on disk.</summary>
    public required string StepName { get; init; }

    /// <summary>Gets the task's id within the run.</summary>
    public required string TaskId
    {
        get => Observe(field, nameof(TaskId));
        init;
    }

    /// <summary>Gets the attempt, from 0.</summary>
    public required int Attempt
    {
        get => Observe(field, nameof(Attempt));
        init;
    }

    /// <summary>Gets the task's pathspec, <c>Flow/run/step/task</c>.</summary>
    public string Pathspec => $"{FlowName}/{RunId}/{StepName}/{TaskId}";

    /// <summary>Gets the run's user tags.</summary>
    public IReadOnlyList<string> Tags
    {
        get => Observe(field, nameof(Tags));
        init;
    }

    = [];

    /// <summary>Gets the namespace, <c>user:name</c> by default.</summary>
    public string Namespace
    {
        get => Observe(field, nameof(Namespace));
        init;
    }

    = "";

    /// <summary>Gets the name of the user who started the run.</summary>
    public string UserName
    {
        get => Observe(_userName, nameof(UserName));
        init => _userName = value;
    }

    /// <summary>Gets the id of the run that this run resumes, or <see langword="null"/> if it does not resume a run.</summary>
    public string? OriginRunId
    {
        get => Observe(field, nameof(OriginRunId));
        init;
    }

    /// <summary>Gets a folder for temporary files. It is removed when the task ends.</summary>
    public string TempFolder => LazyTempFolder.Value;

    /// <summary>Gets the position in the innermost foreach, from 0; <see langword="null"/> outside one.</summary>
    public int? Index
    {
        get => Observe(field, nameof(Index));
        init;
    }

    /// <summary>Gets the foreaches that the task is in, outermost first.</summary>
    public IReadOnlyList<ForeachPosition> ForeachStack
    {
        get => Observe(field, nameof(ForeachStack));
        init;
    }

    = [];

    /// <summary>Gets the task's place in its gang; <see langword="null"/> outside a step marked <see cref="ParallelAttribute"/> or
    /// another <see cref="GangAttribute"/>.</summary>
    public ParallelPosition? Parallel
    {
        get => Observe(field, nameof(Parallel));
        init;
    }

    /// <summary>Gets what tells whoever watches the run how far the task is.</summary>
    public TaskProgress Progress { get; internal init; } = TaskProgress.Unwatched;

    /// <summary>Gets the token that is cancelled when the task is asked to stop or its timeout is over.</summary>
    /// <remarks>If a task never reads the token, it is killed at once when it should stop. Otherwise it has 5 seconds to stop.</remarks>
    public CancellationToken CancellationToken
    {
        get
        {
            ObservesCancellation = true;
            return _cancellationToken;
        }

        init => _cancellationToken = value;
    }

    /// <summary>Gets a value indicating whether the author's code asked for the token.</summary>
    internal bool ObservesCancellation { get; private set; }

    /// <summary>Gets what the author's code asked for.</summary>
    internal CurrentReads Reads { get; } = new();

    /// <summary>Gets the folder to make on first use.</summary>
    internal Lazy<string> LazyTempFolder { get; init; } = new(Path.GetTempPath);

    // What the framework itself reads is not a question of the author's code.
    private bool IsUnnoticed { get; set; }

    /// <summary>Reads without noting that the author's code asked for it.</summary>
    /// <typeparam name="T">The type of what is read.</typeparam>
    /// <param name="read">Reads.</param>
    /// <returns>What it read.</returns>
    internal T Unnoticed<T>(Func<Current, T> read)
    {
        IsUnnoticed = true;
        try
        {
            return read(this);
        }
        finally
        {
            IsUnnoticed = false;
        }
    }

    private T Observe<T>(T value, string name)
    {
        if (!IsUnnoticed)
        {
            Reads.Add(name);
        }

        return value;
    }
}

/// <summary>A task's place in one foreach.</summary>
/// <param name="Index">The position, from 0.</param>
/// <param name="Count">How many tasks the foreach has.</param>
/// <param name="Value">The item as text of at most 30 characters.</param>
public sealed record ForeachPosition(int Index, int Count, string? Value);
