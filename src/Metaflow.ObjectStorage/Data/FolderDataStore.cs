using System.Globalization;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Data;

/// <summary>The files of this machine. What a service keeps beside an object is in a hidden file beside it.</summary>
/// <param name="root">The root of the file system.</param>
/// <param name="time">The clock.</param>
internal sealed class FolderDataStore(string root, TimeProvider time) : IDataStore
{
    /// <inheritdoc/>
    public int Width => Environment.ProcessorCount;

    /// <inheritdoc/>
    public bool GuardsContent => true;

    /// <inheritdoc/>
    public ValueTask<ObjectFacts?> LookAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        return ValueTask.FromResult(Guarded(path, () => FactsOf(path)));
    }

    /// <inheritdoc/>
    public async ValueTask<Download?> DownloadAsync(
        ObjectRange range, string file, Action<long> received, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(range.Key);
        if (Guarded(path, () => FactsOf(path)) is not { } facts
            || await OpenAsync(range, cancellationToken).ConfigureAwait(false) is not FileSlice source)
        {
            return null;
        }

        await using (source.ConfigureAwait(false))
        {
            var target = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            await using (target.ConfigureAwait(false))
            {
                await DataCopy.CopyAsync(source, target, received, null, cancellationToken).ConfigureAwait(false);
            }

            return new Download(facts, source.Start, source.Length);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenAsync(ObjectRange range, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(range.Key);
        return ValueTask.FromResult<Stream?>(Guarded(path, () => FileSlice.Open(path, range, $"{StoreAddress.LocalType}://{path}")));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WriteAsync(
        string key, OpenContent content, ObjectProperties properties, bool overwrite, Action<long> sent,
        CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var existing = overwrite ? ExistingFile.Replaced : ExistingFile.Kept;
        if (!overwrite && File.Exists(path))
        {
            return false;
        }

        var file = new PendingFile(
            path, (target, token) => DataCopy.CopyAsync(content.Stream, target, sent, null, token), existing);
        var companion = PropertiesOf(properties).ToJson();
        var kept = await DurableFileGroup.SaveAsync(
            companion is null ? [file] : [new PendingFile(CompanionOf(path), companion), file],
            new DurableFolders(ExistingFolderAbove(path), time), StorageErrors.Write, cancellationToken).ConfigureAwait(false);
        if (companion is null && kept.Count == 0)
        {
            File.Delete(CompanionOf(path));
        }

        return kept.Count == 0;
    }

    /// <inheritdoc/>
    public ValueTask<List<ListedObject>> ListAsync(string prefix, bool isRecursive, CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(prefix.Length == 0 ? root : PathOf(prefix.TrimEnd('/')));
        var listed = new List<ListedObject>();
        Guarded(folder.FullName, () =>
        {
            List(folder, prefix, isRecursive, listed, cancellationToken);
            return listed;
        });
        listed.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return ValueTask.FromResult(listed);
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        try
        {
            File.Delete(path);
            File.Delete(CompanionOf(path));
        }
        catch (DirectoryNotFoundException)
        {
            // Then it is not there.
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, path);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static void List(
        DirectoryInfo folder, string prefix, bool isRecursive, List<ListedObject> listed, CancellationToken cancellationToken)
    {
        if (!folder.Exists)
        {
            return;
        }

        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry is FileInfo file)
            {
                if (!IsHidden(file.Name))
                {
                    listed.Add(new ListedObject(
                        prefix + file.Name, isFolder: false, file.Length.ToString(CultureInfo.InvariantCulture),
                        file.LastWriteTimeUtc.ToString("O", CultureInfo.InvariantCulture)));
                }
            }
            else if (!isRecursive)
            {
                listed.Add(new ListedObject($"{prefix}{entry.Name}/", isFolder: true));
            }
            else if (entry.LinkTarget is null)
            {
                // A link may lead back to where it is.
                List((DirectoryInfo)entry, $"{prefix}{entry.Name}/", isRecursive, listed, cancellationToken);
            }
        }
    }

    private static bool IsHidden(string name)
        => DurableFileGroup.IsTemporary(name) || BlobProperties.IsCompanion(name);

    private static string CompanionOf(string path)
        => Path.Combine(Path.GetDirectoryName(path)!, BlobProperties.CompanionOf(Path.GetFileName(path)));

    private static BlobProperties PropertiesOf(ObjectProperties properties)
    {
        var texts = new Dictionary<string, string>(properties.Metadata.Count, StringComparer.Ordinal);
        for (var i = 0; i < properties.Metadata.Count; i++)
        {
            texts.Add(properties.Metadata.NameAt(i), properties.Metadata.ValueAt(i));
        }

        return new BlobProperties(properties.ContentType, texts);
    }

    private static ObjectFacts? FactsOf(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;
        }

        var companion = CompanionOf(path);
        var properties = BlobProperties.FromJson(File.Exists(companion) ? File.ReadAllBytes(companion) : null);
        return new ObjectFacts(file.Length, file.LastWriteTimeUtc, properties.Metadata) { ContentType = properties.ContentType };
    }

    private static string ExistingFolderAbove(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private static T? Guarded<T>(string path, Func<T?> act)
        where T : class
    {
        try
        {
            return act();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    private string PathOf(string key)
        => key.Length == 0 || key.Contains("//", StringComparison.Ordinal) || IsHidden(key[(key.LastIndexOf('/') + 1)..])
            ? throw DataErrors.Invalid(
                root + key, "It is a folder, has an empty part, or has the name of a file that is hidden.", "Choose another key.")
            : Path.Join(root, key);
}
