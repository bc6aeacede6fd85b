using Metaflow.Launching;

namespace Metaflow.Testing.Conformance;

/// <summary>Watches a task that a launcher runs, and what the launcher tells of it.</summary>
/// <param name="patience">How long something is waited for.</param>
internal sealed class ProbedTask(TimeSpan patience) : ITaskObserver
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly List<(string Text, bool IsError)> _lines = [];
    private readonly TaskCompletionSource<TaskExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private string? _fault;

    /// <summary>Gets how often the end was told.</summary>
    public int Ends { get; private set; }

    /// <summary>Gets what was told wrongly, or <see langword="null"/>.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>Returns the lines of a stream that the observer got.</summary>
    public IReadOnlyList<string> Lines(bool isError = false)
    {
        lock (_lock)
        {
            return [.. _lines.Where(line => line.IsError == isError).Select(static line => line.Text)];
        }
    }

    /// <summary>Waits for a line.</summary>
    /// <param name="promise">What is promised, as a sentence.</param>
    /// <param name="start">The line's beginning.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The line.</returns>
    /// <exception cref="ConformanceException">It was not told.</exception>
    public async Task<string> LineAsync(string promise, string start, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < patience; waited += Pause)
        {
            if (Lines().FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            if (_ended.Task.IsCompleted)
            {
                break;
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        throw new ConformanceException(promise, $"a line '{start}…' while the task runs", Told());
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="promise">What is promised, as a sentence.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How the task ended.</returns>
    /// <exception cref="ConformanceException">The end was not told.</exception>
    public async Task<TaskExit> EndAsync(string promise, CancellationToken cancellationToken)
    {
        try
        {
            return await _ended.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new ConformanceException(promise, $"a call of OnExit within {patience.TotalSeconds} seconds", $"none. {Told()}", error);
        }
    }

    /// <summary>Returns what was told, for messages.</summary>
    public string Told() => $"The observer was told {(Lines() is [_, ..] lines ? string.Join('\n', lines.TakeLast(10)) : "no output")}"
        + (Lines(isError: true) is [_, ..] errors ? $"\nand on the error stream {string.Join('\n', errors.TakeLast(10))}" : "");

    /// <inheritdoc/>
    public void OnOutput(DateTimeOffset at, string text, bool isError)
    {
        Enter();
        if (Ends > 0)
        {
            _fault = $"OnOutput was called with '{text}' after OnExit";
        }

        lock (_lock)
        {
            _lines.Add((text, isError));
        }

        Interlocked.Decrement(ref _calls);
    }

    /// <inheritdoc/>
    public void OnExit(TaskExit exit)
    {
        Enter();
        Ends++;
        if (Ends > 1)
        {
            _fault = "OnExit was called twice";
        }

        Interlocked.Decrement(ref _calls);
        _ended.TrySetResult(exit);
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _calls) > 1)
        {
            _fault = "two calls of one task's observer overlapped";
        }
    }
}
