using System.Runtime.ExceptionServices;

namespace Metaflow.Aws.S3;

/// <summary>Does something for many objects, for some of them at the same time.</summary>
internal static class SimultaneousWork
{
    /// <summary>A thread costs a task some microseconds, and a request milliseconds of waiting.</summary>
    private const int MostThreads = 16;

    /// <summary>Does it.</summary>
    /// <param name="count">How many indexes there are.</param>
    /// <param name="width">How many are in work at the same time.</param>
    /// <param name="blocks">Whether what is done has ended when it returns, so that only other threads make it simultaneous.</param>
    /// <param name="act">Does it for an index.</param>
    public static Task RunAsync(int count, int width, bool blocks, Func<int, ValueTask> act)
    {
        if (!blocks)
        {
            return new AwaitedWork(count, act).RunAsync(width);
        }

        new ThreadedWork(count, act).Run(Math.Min(width, MostThreads));
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
        private ExceptionDispatchInfo? _failure;
        private int _next = -1;

        public void Run(int width)
        {
            var others = new Thread[Math.Max(0, Math.Min(count, width) - 1)];
            for (var i = 0; i < others.Length; i++)
            {
                // The pool adds threads that wait only slowly.
                others[i] = new Thread(Work) { IsBackground = true };
                others[i].Start();
            }

            Work();
            foreach (var thread in others)
            {
                thread.Join();
            }

            _failure?.Throw();
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
}
