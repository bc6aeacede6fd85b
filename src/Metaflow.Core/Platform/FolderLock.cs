using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Metaflow.Platform;

/// <summary>A lock between processes: a file that one of them holds open. The system releases it when the process ends.</summary>
/// <remarks><see cref="FileShare"/> alone is not a lock: a setting of .NET turns it off, and .NET takes most errors of the system's call
/// for success. So the call is made here once more, on the same open file, and its result counts. It is the call that .NET makes:
/// processes that lock by <see cref="FileShare"/> alone exclude these, and the reverse.</remarks>
internal static class FolderLock
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int WithoutWaiting = 4;
    private static readonly int WouldBlock = OperatingSystem.IsLinux() ? 11 : 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock's file, which is made and stays.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The lock, which the caller disposes; <see langword="null"/> when another process kept it all the time.</returns>
    /// <exception cref="IOException">The file cannot be opened or locked.</exception>
    public static async ValueTask<IDisposable?> AcquireAsync(
        string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
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
    /// <exception cref="IOException">The file cannot be opened or locked.</exception>
    public static FileStream? AcquireShared(string path, TimeSpan patience)
    {
        var start = Environment.TickCount64;
        do
        {
            if (TryOpen(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read) is { } file)
            {
                return file;
            }

            // Blocks the thread: the holder needs milliseconds, and who waits has nothing else to do.
            Task.Delay(Pause).Wait();
        }
        while (Environment.TickCount64 - start < patience.TotalMilliseconds);
        return null;
    }

    /// <summary>Returns true if another process, or another part of this one, holds a lock. Looking takes nothing away from
    /// anybody.</summary>
    /// <param name="path">The lock's file.</param>
    /// <returns>Whether it is held; <see langword="false"/> when there is no such file.</returns>
    public static bool IsHeld(string path)
    {
        try
        {
            // A shared lock: several may look at once, and only the holder's exclusive one refuses it.
            using var file = TryOpen(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return file is null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="path">The lock's file, which is made and stays.</param>
    /// <param name="file">The lock, which the caller disposes.</param>
    /// <returns>Whether it was free.</returns>
    /// <exception cref="IOException">The file cannot be opened or locked.</exception>
    public static bool TryAcquire(string path, [NotNullWhen(true)] out FileStream? file)
    {
        file = TryOpen(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        return file is not null;
    }

    /// <summary>Opens and locks a file.</summary>
    /// <returns>The file; <see langword="null"/> when another holds it.</returns>
    private static FileStream? TryOpen(string path, FileMode mode, FileAccess access, FileShare share)
    {
        FileStream? file = null;
        try
        {
            RegularFile.Require(path);
            file = new FileStream(path, mode, access, share, bufferSize: 0);
            if (!OperatingSystem.IsWindows())
            {
                Lock(file, share == FileShare.None ? Exclusive : Shared);
            }

            return file;
        }
        catch (IOException error) when (error.HResult == WouldBlock || error.HResult == WindowsSharingViolation)
        {
            file?.Dispose();
            return null;
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void Lock(FileStream file, int operation)
    {
        while (NativeMethods.FileLock((int)file.SafeFileHandle.DangerousGetHandle(), operation | WithoutWaiting) != 0)
        {
            var code = Marshal.GetLastPInvokeError();
            if (code != NativeMethods.Interrupted)
            {
                throw new IOException($"'{file.Name}' cannot be locked: {Marshal.GetPInvokeErrorMessage(code)}", code);
            }
        }
    }
}
