using Metaflow.Platform;

namespace Metaflow.Storage;

/// <summary>Keeps payloads of stores that are far away in a folder of this machine, for all processes of the user.</summary>
/// <remarks>
/// <para>Whoever reads a file checks it against the hash that is its name, so that a file that was cut off or changed costs a second read,
/// and nothing else. A file becomes visible by a rename. What has not been used for the longest time is removed first.</para>
/// <para>Nothing here fails: a full disk, or a folder that cannot be written, means that nothing is kept. Thread-safe.</para>
/// </remarks>
/// <param name="folder">The folder, which is made when it is needed.</param>
/// <param name="capacity">The most bytes to keep. Several processes may exceed it together by a tenth each for a while.</param>
/// <param name="time">The clock.</param>
internal sealed class PayloadFiles(string folder, long capacity, TimeProvider time)
{
    private const int ShardLength = 2;
    private const string TemporaryEnd = ".tmp";

    // One value must not push out everything else.
    private const int LargestShare = 4;

    // After an eviction a tenth is free, and this process looks again when it has added as much.
    private const int FreeShare = 10;

    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TemporaryAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan FaultPause = TimeSpan.FromMinutes(1);

    private readonly Lock _eviction = new();
    private long _unmeasured = long.MaxValue / 2;
    private long _faultyUntil = long.MinValue;

    /// <summary>Opens a payload.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The bytes, unpacked, which the caller checks and disposes; <see langword="null"/> if they are not kept.</returns>
    public FileStream? TryOpen(string key)
    {
        if (!BlobContent.IsKey(key))
        {
            return null;
        }

        try
        {
            var path = PathOf(key);
            var file = RegularFile.Open(path);
            var now = time.GetUtcNow().UtcDateTime;
            if (now - File.GetLastWriteTimeUtc(path) > UseInterval)
            {
                File.SetLastWriteTimeUtc(path, now);
            }

            return file;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            return null;
        }
    }

    /// <summary>Removes a payload that is not what its name says.</summary>
    /// <param name="key">The key.</param>
    public void Remove(string key)
    {
        try
        {
            if (BlobContent.IsKey(key))
            {
                File.Delete(PathOf(key));
            }
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // It is checked again, and replaced, whenever it is read.
        }
    }

    /// <summary>Keeps a payload.</summary>
    /// <param name="key">The key.</param>
    /// <param name="parts">The unpacked bytes, which the caller has checked.</param>
    public void Add(string key, params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var length = 0L;
        foreach (var part in parts)
        {
            length += part.Length;
        }

        if (!BlobContent.IsKey(key) || length > capacity / LargestShare || Environment.TickCount64 < Interlocked.Read(ref _faultyUntil))
        {
            return;
        }

        try
        {
            MakeRoom(length);
            Write(key, parts);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            Interlocked.Exchange(ref _faultyUntil, Environment.TickCount64 + (long)FaultPause.TotalMilliseconds);
        }
    }

    private string PathOf(string key) => Path.Combine(folder, key[..ShardLength], key);

    private void Write(string key, ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var path = PathOf(key);
        var parent = Path.GetDirectoryName(path)!;
        CreateFolder(parent);
        var temporary = Path.Combine(parent, $".{Guid.NewGuid():N}{TemporaryEnd}");
        try
        {
            using (var file = Create(temporary))
            {
                foreach (var part in parts)
                {
                    file.Write(part.Span);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // Values may be secret: nobody else reads them here.
    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Removes what was not used for the longest time, when this process has added enough since it last looked.</summary>
    private void MakeRoom(long length)
    {
        if (Interlocked.Add(ref _unmeasured, length) < capacity / FreeShare)
        {
            return;
        }

        lock (_eviction)
        {
            if (Interlocked.Read(ref _unmeasured) < capacity / FreeShare)
            {
                return;
            }

            Evict(length);
            Interlocked.Exchange(ref _unmeasured, 0);
        }
    }

    private void Evict(long length)
    {
        var root = new DirectoryInfo(folder);
        if (!root.Exists)
        {
            return;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var files = new List<(FileInfo File, long Length, DateTime UsedAt)>();
        foreach (var file in root.EnumerateDirectories().SelectMany(static shard => shard.EnumerateFiles()))
        {
            if (BlobContent.IsKey(file.Name))
            {
                files.Add((file, file.Length, file.LastWriteTimeUtc));
            }
            else if (file.Name.EndsWith(TemporaryEnd, StringComparison.Ordinal) && now - file.LastWriteTimeUtc > TemporaryAge)
            {
                file.Delete();
            }
        }

        var total = files.Sum(static file => file.Length) + length;
        var most = capacity - (capacity / FreeShare);
        foreach (var (file, size, _) in files.OrderBy(static file => file.UsedAt))
        {
            if (total <= most)
            {
                return;
            }

            file.Delete();
            total -= size;
        }
    }
}
