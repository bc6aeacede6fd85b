using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>Prints the managed stacks of this process. A process cannot read its own, so that a second one of the same program does
/// it.</summary>
internal static class OwnStacks
{
    /// <summary>The first argument of the program that reads the stacks; the process's id and the time at which it ends follow.</summary>
    public const string Verb = "stacks-of";

    private const string Unread = "    The stacks of the task could not be read in time.";

    // What takes longer takes the processors from all other tasks: when many tasks reach their timeouts together, only some print.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Prints the stacks.</summary>
    /// <param name="errors">The task's error stream.</param>
    /// <returns>A task that ends when they are printed, or cannot be.</returns>
    public static async Task WriteAsync(TextWriter errors)
    {
        var end = TimeProvider.System.GetUtcNow() + Limit;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            using var turn = await WaitAsync().ConfigureAwait(false);
            using var reader = Start(end);
            var read = await reader.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await errors.WriteLineAsync(read.Length > 0 ? read.TrimEnd() : Unread).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or Win32Exception or InvalidOperationException
            || LaunchFailures.IsExpected(error))
        {
            await errors.WriteLineAsync(Unread).ConfigureAwait(false);
        }
    }

    /// <summary>Ends this process, which reads the stacks of another one, when its time is over.</summary>
    /// <remarks>The other process stands still while it is read, so that it cannot do this itself. It goes on when this one ends.</remarks>
    /// <param name="end">The time in milliseconds, as <see cref="DateTimeOffset.ToUnixTimeMilliseconds"/> counts.</param>
    /// <returns>What is disposed if all is read before.</returns>
    public static IDisposable EndAt(string end)
    {
        var left = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(end, CultureInfo.InvariantCulture))
            - TimeProvider.System.GetUtcNow();
        return new Timer(
            static _ => Process.GetCurrentProcess().Kill(), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // For half of the processors, one process of a user is read at a time.
    private static async Task<IDisposable?> WaitAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var places = Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2))
            .Select(static place => Path.Combine(Path.GetTempPath(), $"metaflow-stacks-{Environment.UserName}-{place}.lock")).ToList();
        while (Stopwatch.GetElapsedTime(start) < LongestWait)
        {
            foreach (var place in places)
            {
                try
                {
                    if (FolderLock.TryAcquire(place, out var turn))
                    {
                        return turn;
                    }
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    // Where nobody can wait, nobody has to.
                    return null;
                }
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }

        throw new OperationCanceledException();
    }

    private static Process Start(DateTimeOffset end)
    {
        var program = OwnProgram.Find();
        string[] arguments = [.. program.Arguments, Verb, Text(Environment.ProcessId), Text(end.ToUnixTimeMilliseconds())];
        var reader = Process.Start(new ProcessStartInfo(program.FileName, arguments) { RedirectStandardOutput = true })!;
        PosixProcess.AllowDebugger(reader.Id);
        return reader;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
