using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Platform;

namespace Metaflow.Metadata;

/// <summary>The folders and files of the local provider: where the records are, and how one is read.</summary>
/// <param name="root">The absolute path of the root.</param>
/// <param name="files">How files are read.</param>
internal sealed class MetadataFolders(string root, IFileReader files)
{
    /// <summary>Returns the folder of an object.</summary>
    /// <param name="names">The names of the flow, the run, the step and the task, as far as needed.</param>
    /// <returns>The absolute path.</returns>
    public string FolderOf(params ReadOnlySpan<string> names)
    {
        MetadataFiles.CheckNames(names);
        var path = root;
        foreach (var name in names)
        {
            path = Path.Combine(path, name);
        }

        return path;
    }

    /// <summary>Returns the folder with the records about a task.</summary>
    /// <param name="task">The task.</param>
    /// <returns>The absolute path.</returns>
    public string RecordsOf(TaskPath task)
        => Path.Combine(FolderOf(task.Flow, task.RunId, task.Step, task.TaskId), MetadataFiles.RecordFolder);

    /// <summary>Returns the file that makes a folder an object.</summary>
    /// <param name="folder">The object's folder.</param>
    /// <returns>The absolute path.</returns>
    public static string SelfOf(string folder) => Path.Combine(folder, MetadataFiles.RecordFolder, MetadataFiles.Self);

    /// <summary>Reads a record.</summary>
    /// <typeparam name="T">What becomes of it.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads the JSON.</param>
    /// <returns>The record, or <see langword="null"/> when there is no such file.</returns>
    /// <exception cref="Errors.MetadataException">The record cannot be understood (MF5001) or read (MF5011).</exception>
    public T? Read<T>(string path, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            using var content = files.Open(path);
            if (content is null)
            {
                return null;
            }

            using var document = JsonDocument.Parse(content);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw MetadataErrors.Unreadable(path, error);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw MetadataErrors.Read(error, path);
        }
    }

    /// <summary>Lists the objects below a folder.</summary>
    /// <typeparam name="T">What becomes of them.</typeparam>
    /// <param name="folder">The parent's folder.</param>
    /// <param name="read">Reads the JSON of an object of a name.</param>
    /// <param name="unreadable">Returns what stands for an object of a name whose record cannot be read, or <see langword="null"/> to leave
    /// it out; without it, that is an error.</param>
    /// <returns>The objects, in no order. A folder that is not an object (yet) is left out.</returns>
    public IReadOnlyList<T> Children<T>(
        string folder, Func<JsonElement, string, T> read, Func<string, MetadataException, T?>? unreadable = null)
        where T : class
    {
        var children = new List<T>();
        foreach (var (name, isFolder) in List(folder))
        {
            if (isFolder && name != MetadataFiles.RecordFolder && Child(folder, name, read, unreadable) is { } child)
            {
                children.Add(child);
            }
        }

        return children;
    }

    private T? Child<T>(string folder, string name, Func<JsonElement, string, T> read, Func<string, MetadataException, T?>? unreadable)
        where T : class
    {
        try
        {
            return Read(SelfOf(Path.Combine(folder, name)), json => read(json, name));
        }
        catch (MetadataException error) when (unreadable is not null)
        {
            return unreadable(name, error);
        }
    }

    /// <summary>Lists the names in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The names with whether they are folders.</returns>
    public IReadOnlyList<(string Name, bool IsFolder)> List(string folder)
    {
        try
        {
            return files.List(folder);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw MetadataErrors.Read(error, folder);
        }
    }
}
