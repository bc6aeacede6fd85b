using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>Holds a run for as long as its scheduler lives, and gives signs of life. The system releases it when the process
/// dies.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>How often a sign of life is given.</summary>
    internal static readonly TimeSpan Interval = ObjectLease.Interval;

    /// <summary>Who looks at a lock holds it for a moment only.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    private RunLock(FileStream file, TimeProvider time)
    {
        _file = file;
        _time = time;
        Beat();
        _timer = time.CreateTimer(_ => Beat(), null, Interval, Interval);
    }

    /// <summary>Takes a run.</summary>
    /// <param name="folder">The run's folder, which is made where needed.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The lock; <see langword="null"/> when another process holds it.</returns>
    /// <exception cref="Errors.MetadataException">The file could not be made or locked (MF5002).</exception>
    public static async ValueTask<RunLock?> TryTakeAsync(RunFolder folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(time);
        try
        {
            Directory.CreateDirectory(folder.Path);
            return await FolderLock.AcquireAsync(
                folder.Lock, Patience, time, CancellationToken.None).ConfigureAwait(false) is FileStream file
                ? new RunLock(file, time)
                : null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw MetadataErrors.Write(error, folder.Lock);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _file.Dispose();
    }

    private void Beat()
    {
        try
        {
            File.SetLastWriteTimeUtc(_file.SafeFileHandle, _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (FileFaults.IsFileError(error) || error is ObjectDisposedException)
        {
            // A sign of life that cannot be given must not end what lives.
        }
    }
}
