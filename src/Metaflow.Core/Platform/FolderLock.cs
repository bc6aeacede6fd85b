using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Platform;

/// <summary>A lock between processes: a file that one of them holds open. The system releases it when the process ends.</summary>
internal static class FolderLock
{
    private const int WouldBlock = 11;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock's file, which is made and stays.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The lock, which the caller disposes; <see langword="null"/> when another process kept it all the time.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static async ValueTask<IDisposable?> AcquireAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < patience;)
        {
            if (TryAcquire(path, out var file))
            {
                return file;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Waits for a lock that several may hold at once, though not together with one who has it for himself.</summary>
    /// <param name="path">The lock's file, which is made and stays.</param>
    /// <param name="patience">How long to wait.</param>
    /// <returns>The lock, which the caller disposes; <see langword="null"/> when another kept it for himself all the time.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IDisposable? AcquireShared(string path, TimeSpan patience)
    {
        var start = Environment.TickCount64;
        do
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read, bufferSize: 0);
            }
            catch (IOException error) when (error.HResult is WouldBlock or WindowsSharingViolation)
            {
                // Blocks the thread: the holder needs milliseconds, and who waits has nothing else to do.
                Task.Delay(Pause).Wait();
            }
        }
        while (Environment.TickCount64 - start < patience.TotalMilliseconds);
        return null;
    }

    /// <summary>Says whether another process, or another part of this one, holds a lock. Looking takes nothing away from anybody.</summary>
    /// <param name="path">The lock's file.</param>
    /// <returns>Whether it is held; <see langword="false"/> when there is no such file.</returns>
    public static bool IsHeld(string path)
    {
        try
        {
            // A shared lock: several may look at once, and only the holder's exclusive one refuses it.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return false;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException error) when (error.HResult is WouldBlock or WindowsSharingViolation)
        {
            return true;
        }
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="path">The lock's file, which is made and stays.</param>
    /// <param name="file">The lock, which the caller disposes.</param>
    /// <returns>Whether it was free.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static bool TryAcquire(string path, [NotNullWhen(true)] out FileStream? file)
    {
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException error) when (error.HResult is WouldBlock or WindowsSharingViolation)
        {
            file = null;
            return false;
        }
    }
}
