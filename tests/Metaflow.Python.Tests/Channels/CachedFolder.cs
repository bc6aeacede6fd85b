namespace Metaflow.Python.Tests.Channels;

/// <summary>A folder that is filled once on a machine, also when several test processes ask for it at once.</summary>
internal static class CachedFolder
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns a folder, and fills it when it is not there.</summary>
    /// <param name="root">The folder of all such folders.</param>
    /// <param name="name">The name, which changes with what the folder is made from.</param>
    /// <param name="fill">Fills the folder that it gets. What it writes is seen by others only when it has ended.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The folder's path.</returns>
    public static async Task<string> GetAsync(
        string root,
        string name,
        Func<string, CancellationToken, Task> fill,
        CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, name);
        if (Directory.Exists(path))
        {
            return path;
        }

        Directory.CreateDirectory(root);
        await using var gate = await EnterAsync(Path.Combine(root, name + ".lock"), cancellationToken);
        if (Directory.Exists(path))
        {
            return path;
        }

        // Only the holder of the lock writes here, so what is there was left by a process that was killed.
        var part = path + ".part";
        if (Directory.Exists(part))
        {
            Directory.Delete(part, recursive: true);
        }

        Directory.CreateDirectory(part);
        await fill(part, cancellationToken);
        Directory.Move(part, path);
        return path;
    }

    // The system drops the lock of a process that ends, so none is ever left behind.
    private static async Task<FileStream> EnterAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
