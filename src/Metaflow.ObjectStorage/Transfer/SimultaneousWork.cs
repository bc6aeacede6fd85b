using System.Runtime.ExceptionServices;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>Does something for many objects, for some of them at the same time. Thread-safe.</summary>
/// <param name="width">How many are in work at the same time.</param>
/// <param name="blocks">Whether what is done has ended when it returns, so that only other threads make it simultaneous.</param>
internal sealed class SimultaneousWork(int width, bool blocks)
{
    /// <summary>A thread costs a task some microseconds, and a request milliseconds of waiting.</summary>
    private const int MostThreads = 16;

    private readonly WaitingThreads _threads = new();

    /// <summary>Does it.</summary>
    /// <param name="count">How many indexes there are.</param>
    /// <param name="act">Does it for an index.</param>
    public Task RunAsync(int count, Func<int, ValueTask> act)
    {
        if (!blocks)
        {
            return new AwaitedWork(count, act).RunAsync(width);
        }

        new ThreadedWork(count, act).Run(Math.Min(width, MostThreads), _threads);
        return Task.CompletedTask;
    }

    private sealed class AwaitedWork(int count, Func<int, ValueTask> act)
    {
        private int _next = -1;

        public Task RunAsync(int width)
        {
            var workers = new Task[Math.Min(count, width)];
            for (var i = 0; i < workers.Length; i++)
            {
                workers[i] = WorkAsync();
            }

            return Task.WhenAll(workers);
        }

        private async Task WorkAsync()
        {
            for (int i; (i = Interlocked.Increment(ref _next)) < count;)
            {
                await act(i).ConfigureAwait(false);
            }
        }
    }

    private sealed class ThreadedWork(int count, Func<int, ValueTask> act)
    {
        private readonly object _gate = new();
        private ExceptionDispatchInfo? _failure;
        private int _next = -1;
        private int _beside;

        public void Run(int width, WaitingThreads threads)
        {
            _beside = Math.Min(count, width) - 1;
            for (var i = _beside; i > 0; i--)
            {
                threads.Run(WorkBeside);
            }

            Work();
            lock (_gate)
            {
                while (_beside > 0)
                {
                    Monitor.Wait(_gate);
                }
            }

            _failure?.Throw();
        }

        private void WorkBeside()
        {
            Work();
            lock (_gate)
            {
                _beside--;
                Monitor.Pulse(_gate);
            }
        }

        private void Work()
        {
            try
            {
                for (int i; _failure is null && (i = Interlocked.Increment(ref _next)) < count;)
                {
                    act(i).AsTask().GetAwaiter().GetResult();
                }
            }
#pragma warning disable CA1031 // It is thrown where the work was asked for.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
            }
        }
    }

    /// <summary>Threads for work that waits for a server. The framework's pool adds threads slowly, and its threads are the
    /// author's.</summary>
    private sealed class WaitingThreads
    {
        private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(2);
        private readonly Queue<Action> _works = new();
        private int _idle;

        public void Run(Action work)
        {
            lock (_works)
            {
                _works.Enqueue(work);
                if (_idle >= _works.Count)
                {
                    Monitor.Pulse(_works);
                    return;
                }
            }

            new Thread(Serve) { IsBackground = true, Name = "Objects" }.Start();
        }

        private void Serve()
        {
            while (Take() is { } work)
            {
                work();
            }
        }

        private Action? Take()
        {
            lock (_works)
            {
                _idle++;
                while (_works.Count == 0)
                {
                    if (!Monitor.Wait(_works, LongestIdle) && _works.Count == 0)
                    {
                        _idle--;
                        return null;
                    }
                }

                _idle--;
                return _works.Dequeue();
            }
        }
    }
}
