using System.Runtime.InteropServices;
using Metaflow.Errors;

namespace Metaflow.Tasks;

/// <summary>Turns SIGTERM into the cancellation of the task's token, where the author's code observes the token; otherwise the process
/// ends at once.</summary>
internal sealed class StopSignal : IDisposable
{
    // A callback of the author that is running as the step ends may write something: it gets this long.
    private static readonly TimeSpan CallbackWait = TimeSpan.FromSeconds(5);

    private readonly Lock _atWork = new();
    private readonly CancellationTokenSource _stop;
    private readonly TextWriter? _errors;
    private readonly PosixSignalRegistration? _terminate;
    private readonly PosixSignalRegistration? _interrupt;

    /// <summary>Starts to listen.</summary>
    /// <param name="isObserved">Whether the author's code asked for the token.</param>
    /// <param name="errors">Receives what callbacks of the token raise.</param>
    public StopSignal(Func<bool> isObserved, TextWriter errors)
    {
        _errors = errors;
        _stop = new CancellationTokenSource();
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = isObserved();
            Stop();
        });

        // Ctrl-C is the scheduler's to handle: it asks the tasks to stop itself.
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
    }

    /// <summary>Follows a token instead: a task that shares its process must not listen to the signals of it.</summary>
    /// <param name="stop">Is cancelled when the task is asked to stop.</param>
    public StopSignal(CancellationToken stop) => _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);

    /// <summary>Gets the token that is cancelled when the task is asked to stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _terminate?.Dispose();
        _interrupt?.Dispose();
        if (_atWork.TryEnter(CallbackWait))
        {
            _atWork.Exit();
        }

        if (_terminate is null)
        {
            // A source of its own stays: a signal that came just before may still be on its way to it.
            _stop.Dispose();
        }
    }

    // On the thread of the signal, where an exception would end the process with a stack trace.
    private void Stop()
    {
        lock (_atWork)
        {
            try
            {
                _stop.Cancel();
            }
            catch (AggregateException error)
            {
                // Linked sources wrap what a callback raised once more.
                foreach (var cause in error.Flatten().InnerExceptions)
                {
                    _errors?.WriteLine(
                        $"A callback of Current.CancellationToken threw {cause.GetType().Name}: {ExceptionText.MessageOf(cause)}");
                }
            }
        }
    }
}
