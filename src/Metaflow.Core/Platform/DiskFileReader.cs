namespace Metaflow.Platform;

/// <summary>Reads files and folders of the machine.</summary>
internal sealed class DiskFileReader : IFileReader
{
    private static readonly EnumerationOptions AllEntries = new()
    {
        AttributesToSkip = FileAttributes.None,
        ReturnSpecialDirectories = false,
    };

    /// <inheritdoc/>
    public Stream? Open(string path)
    {
        try
        {
            // Sharing deletion and writing lets a rename replace the file while it is read.
            return RegularFile.Open(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public FileState? State(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileState(file.Length, file.LastWriteTimeUtc) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, bool IsFolder)> List(string folder)
    {
        var names = new List<(string, bool)>();
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", AllEntries))
            {
                if (!DurableFileGroup.IsTemporary(entry.Name))
                {
                    names.Add((entry.Name, entry is DirectoryInfo));
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        return names;
    }
}
