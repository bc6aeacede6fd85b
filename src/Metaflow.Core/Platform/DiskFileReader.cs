namespace Metaflow.Platform;

/// <summary>Reads files and folders of the machine.</summary>
internal sealed class DiskFileReader : IFileReader
{
    private static readonly EnumerationOptions AllEntries = new()
    {
        AttributesToSkip = FileAttributes.None,
        ReturnSpecialDirectories = false,
    };

    // What the attributes of a missing file are.
    private const int NoEntry = -1;

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
        // FileInfo.Exists says of a file that the system cannot look at that there is none. Its attributes tell the two apart.
        var file = new FileInfo(path);
        return (int)file.Attributes == NoEntry || !file.Exists ? null : new FileState(file.Length, file.LastWriteTimeUtc);
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
