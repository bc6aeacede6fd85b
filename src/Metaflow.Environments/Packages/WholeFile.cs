using Metaflow.Platform;

namespace Metaflow.Environments.Packages;

/// <summary>Files that several processes may write at once, and of which none sees a part.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file beside its place, flushes it and renames it.</summary>
    /// <param name="path">The absolute path. A file that is there is replaced.</param>
    /// <param name="content">The bytes.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, byte[] content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(handle, content, 0);
            DurableFile.FlushAll([handle]);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
