using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>The blobs and included files that the runs of a flow refer to.</summary>
/// <param name="datastore">The flow's datastore.</param>
internal sealed class BlobMarks(FlowDatastore datastore)
{
    private const string DataFolder = "data";
    private const string DataEnd = "." + AttemptFiles.Data;
    private const string DoneEnd = "." + AttemptFiles.Done;
    private const string CodePackage = MetadataFiles.DatumStart + "code-package";

    private readonly HashSet<string> _blobs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);

    /// <summary>Says whether a blob is referred to.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Whether it is.</returns>
    public bool HasBlob(string key) => _blobs.Contains(key);

    /// <summary>Says whether an included file is referred to.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Whether it is.</returns>
    public bool HasFile(string key) => _files.Contains(key);

    /// <summary>Marks what all attempts of all tasks refer to, complete or not.</summary>
    /// <param name="exceptRuns">The ids of runs that do not count.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>A task that ends when all is marked.</returns>
    /// <exception cref="StorageException">A list of artifacts is unreadable (MF4009), or a file cannot be read (MF4004,
    /// MF4007).</exception>
    public async Task MarkAsync(IReadOnlySet<string> exceptRuns, CancellationToken cancellationToken)
    {
        var flowFolder = Path.Combine(datastore.Blobs.Root, datastore.Flow);
        foreach (var run in Folders(flowFolder)
            .Where(run => Path.GetFileName(run) is var name && name != DataFolder && !exceptRuns.Contains(name)))
        {
            foreach (var task in Folders(run).SelectMany(Folders))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await MarkTaskAsync(task, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static IEnumerable<string> Folders(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder)
                .Where(static path => Path.GetFileName(path) is var name && name != MetadataFiles.RecordFolder
                    && !DurableFileGroup.IsTemporary(name));
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, folder);
        }
    }

    private async Task MarkTaskAsync(string task, CancellationToken cancellationToken)
    {
        var isParameters = Path.GetFileName(Path.GetDirectoryName(task)) == TaskPath.ParametersStep;
        foreach (var path in Entries(task, "*" + DataEnd))
        {
            var records = Read(path, static bytes => DataFile.FromJson(bytes));
            if (Path.Exists(path[..^DataEnd.Length] + DoneEnd) && !records.ContainsKey(InternalArtifacts.TaskOk))
            {
                throw StorageErrors.Unreadable(
                    path, new JsonException($"it lacks '{InternalArtifacts.TaskOk}', which every attempt that is complete has"));
            }

            foreach (var record in records.Values)
            {
                _blobs.Add(record.Key);
                var isFile = IncludedContent.Is(record);
                if ((isFile ?? isParameters) && _opened.Add(record.Key))
                {
                    await MarkFileAsync(record, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        // After the lists: an attempt that ends meanwhile has its list before its mark.
        foreach (var done in Entries(task, "*" + DoneEnd))
        {
            if (done[..^DoneEnd.Length] + DataEnd is var path && !Path.Exists(path))
            {
                throw StorageErrors.Unreadable(path, new JsonException("the file is missing although the attempt is complete"));
            }
        }

        foreach (var path in Entries(Path.Combine(task, MetadataFiles.RecordFolder), CodePackage + "*"))
        {
            _blobs.Add(Read(path, PackageKey));
        }
    }

    private async Task MarkFileAsync(ArtifactRecord record, CancellationToken cancellationToken)
    {
        byte[] payload;
        try
        {
            payload = await datastore.Content.LoadAsync(record.Key, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException error) when (error.Code == ErrorCodes.BlobMissing)
        {
            return;
        }

        if (IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(payload, record.Encoding)) is { } file)
        {
            _files.Add(file.Url[(file.Url.LastIndexOf('/') + 1)..]);
        }
    }

    // The value is a text that is JSON itself: {"ds_type": "local", "sha": "…", "location": "…"}.
    private static string PackageKey(ReadOnlyMemory<byte> bytes)
    {
        using var datum = JsonDocument.Parse(bytes);
        using var value = JsonDocument.Parse(datum.RootElement.GetProperty("value").GetString() ?? "{}");
        return value.RootElement.TryGetProperty("sha", out var key) ? key.GetString() ?? "" : "";
    }

    // Folders and whatever else too: what has the name of a list names blobs, or is damaged.
    private static IEnumerable<string> Entries(string folder, string pattern)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder, pattern)
                .Where(static path => !DurableFileGroup.IsTemporary(Path.GetFileName(path)));
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, folder);
        }
    }

    private static T Read<T>(string path, Func<ReadOnlyMemory<byte>, T> read)
    {
        if (RegularFile.WhyNot(path) is { } why)
        {
            throw StorageErrors.Unreadable(path, new IOException($"it {why}"));
        }

        try
        {
            return read(RegularFile.ReadAllBytes(path));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException
            || (FileFaults.IsFileError(error) && new FileInfo(path).LinkTarget is not null))
        {
            // A link that leads nowhere, or to itself.
            throw StorageErrors.Unreadable(path, error);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw StorageErrors.Unreadable(path, error);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }
}
