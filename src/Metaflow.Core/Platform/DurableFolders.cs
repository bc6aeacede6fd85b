namespace Metaflow.Platform;

/// <summary>Makes the names durable that lead from a root to a file: a file is found after a power cut only when each folder above it
/// is.</summary>
/// <remarks>Who made a folder does not matter: another process may have done so a moment ago, and not have flushed it yet. What this
/// object has flushed once stays durable, so that a task flushes a handful of folders. Thread-safe.</remarks>
/// <param name="root">The absolute path of the highest folder whose name counts, such as that of a store.</param>
/// <param name="time">The clock, which tells how old a folder is.</param>
internal sealed class DurableFolders(string root, TimeProvider time)
{
    // A folder that was made so long ago was written out by the system since (Linux does so after about 35 seconds).
    private static readonly TimeSpan SettledAge = TimeSpan.FromMinutes(5);

    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Adds the folders that must be flushed for the name of a folder, and of all above it up to the root, to be
    /// durable.</summary>
    /// <param name="folder">The absolute path of an existing folder; outside the root it adds nothing.</param>
    /// <param name="toFlush">Receives the folders.</param>
    public void AddUnnamed(string folder, ISet<string> toFlush)
    {
        lock (_lock)
        {
            for (var current = folder; IsBelowOrRoot(current) && !_named.Contains(current); current = Path.GetDirectoryName(current)!)
            {
                if (!IsSettled(current))
                {
                    toFlush.Add(Path.GetDirectoryName(current)!);
                }
            }
        }
    }

    /// <summary>Remembers that the names of all folders up to the root are durable.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    public void Remember(string folder)
    {
        lock (_lock)
        {
            for (var current = folder; IsBelowOrRoot(current) && _named.Add(current);)
            {
                current = Path.GetDirectoryName(current)!;
            }
        }
    }

    /// <summary>Makes the names in a folder durable.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The system reports an error.</exception>
    public void Flush(string folder)
    {
        try
        {
            DurableFile.FlushFolder(folder);
        }
        catch (IOException error)
            when (folder == Path.GetDirectoryName(root) && FileFaults.Of(error) is FileFault.NoPermission or FileFault.ReadOnly)
        {
            // The folder that the root lies in may belong to another user, who then made the root, and longer ago.
        }
    }

    private bool IsSettled(string folder) => time.GetUtcNow() - Directory.GetCreationTimeUtc(folder) >= SettledAge;

    private bool IsBelowOrRoot(string folder)
        => folder.StartsWith(root, StringComparison.Ordinal)
            && (folder.Length == root.Length || folder[root.Length] == Path.DirectorySeparatorChar)
            && Path.GetDirectoryName(folder) is not null;
}
