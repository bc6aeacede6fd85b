using System.Diagnostics.CodeAnalysis;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A value that is read when it is first asked for, and then kept. A failure is never kept: whoever asks next reads
/// again.</summary>
/// <remarks>Thread-safe. Callers who ask at the same time share one reading. A caller who cancels leaves the others
/// waiting; the reading itself is cancelled when nobody waits for it any more.</remarks>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="read">Reads the value.</param>
/// <param name="keeps">Whether a value is kept; <see langword="null"/>, the default, keeps each. What may still come into being
/// is read again.</param>
internal sealed class Kept<T>(Func<CancellationToken, ValueTask<T>> read, Func<T, bool>? keeps = null)
{
    private readonly Lock _lock = new();
    private T _value = default!;
    private volatile bool _isKept;
    private Reading? _current;

    /// <summary>Gets a value indicating whether the value is available.</summary>
    public bool IsKept => _isKept;

    /// <summary>Gets the value; waits for a store that is far away.</summary>
    public T Value => _isKept ? _value : Completion.Of(() => GetAsync(CancellationToken.None));

    /// <summary>Returns the value.</summary>
    /// <param name="cancellationToken">Ends the waiting early.</param>
    /// <returns>The value.</returns>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        if (_isKept)
        {
            return ValueTask.FromResult(_value);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        Reading reading;
        bool isMine;
        lock (_lock)
        {
            if (_isKept)
            {
                return ValueTask.FromResult(_value);
            }

            isMine = _current is null;
            reading = _current ??= new Reading();
            reading.Waiting++;
        }

        if (isMine)
        {
            // A thread of a user interface that asks may be one that waits for the same reading later.
            _ = Completion.Start(() => ReadAsync(reading));
        }

        return reading.Result.Task.IsCompleted ? new ValueTask<T>(reading.Result.Task) : WaitAsync(reading, cancellationToken);
    }

    private async ValueTask<T> WaitAsync(Reading reading, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(reading);
        }
    }

    private void Leave(Reading reading)
    {
        lock (_lock)
        {
            reading.Waiting--;
            if (reading.Waiting > 0 || reading != _current)
            {
                return;
            }

            // Whoever comes now must not join a reading that is about to be cancelled.
            _current = null;
        }

        reading.Stop.Cancel();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Every failure is that of the callers who wait, and is handed to them.")]
    private async Task ReadAsync(Reading reading)
    {
        try
        {
            var value = await read(reading.Stop.Token).ConfigureAwait(false);
            End(reading, value, keeps is null || keeps(value));
            reading.Result.SetResult(value);
        }
        catch (Exception error)
        {
            End(reading, default!, isKept: false);
            reading.Result.SetException(error);

            // Nobody may wait any more; then nobody needs to know.
            _ = reading.Result.Task.Exception;
        }
    }

    private void End(Reading reading, T value, bool isKept)
    {
        lock (_lock)
        {
            if (isKept && !_isKept)
            {
                _value = value;
                _isKept = true;
            }

            _current = reading == _current ? null : _current;
        }
    }

    private sealed class Reading
    {
        // The callers continue where they please: this object's reader may be the thread of one of them.
        public TaskCompletionSource<T> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Stop { get; } = new();

        public int Waiting { get; set; }
    }
}
