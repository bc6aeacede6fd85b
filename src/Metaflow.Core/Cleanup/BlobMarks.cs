using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>The blobs and included files that the runs of a flow refer to.</summary>
/// <param name="datastore">The flow's datastore.</param>
internal sealed class BlobMarks(FlowDatastore datastore)
{
    /// <summary>The name, within a flow's folder, of the folder of the blobs.</summary>
    public const string DataFolder = "data";

    /// <summary>How the name of an attempt's list of artifacts ends.</summary>
    public const string DataEnd = "." + AttemptFiles.Data;

    /// <summary>How the name of the mark of a complete attempt ends.</summary>
    public const string DoneEnd = "." + AttemptFiles.Done;

    /// <summary>How the name of a record begins that names a code package.</summary>
    public const string CodePackage = MetadataFiles.DatumStart + "code-package";

    private readonly HashSet<string> _blobs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);

    /// <summary>Returns true if a blob is referred to.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Whether it is.</returns>
    public bool HasBlob(string key) => _blobs.Contains(key);

    /// <summary>Returns true if an included file is referred to.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Whether it is.</returns>
    public bool HasFile(string key) => _files.Contains(key);

    /// <summary>Marks what a task said that it refers to, whether a blob or an included file.</summary>
    /// <param name="key">Its key.</param>
    public void Add(string key)
    {
        _blobs.Add(key);
        _files.Add(key);
    }

    /// <summary>Marks the blob of a code package.</summary>
    /// <param name="datum">The record that names it.</param>
    /// <exception cref="JsonException">It is unreadable.</exception>
    public void AddPackage(ReadOnlyMemory<byte> datum)
    {
        if (PackageKey(datum) is { Length: > 0 } key)
        {
            RequireKey(key);
            _blobs.Add(key);
        }
    }

    /// <summary>Marks what an attempt refers to.</summary>
    /// <param name="list">The list of its artifacts.</param>
    /// <param name="step">The name of the task's step.</param>
    /// <param name="isComplete">Whether the attempt is complete.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all is marked.</returns>
    /// <exception cref="JsonException">The list is unreadable, or lacks what every complete attempt has.</exception>
    /// <exception cref="StorageException">The descriptor of an included file cannot be read (MF4004, MF4005, MF4007).</exception>
    public async ValueTask AddAsync(
        IReadOnlyDictionary<string, ArtifactRecord> list, string step, bool isComplete, CancellationToken cancellationToken)
    {
        if (isComplete && !list.ContainsKey(InternalArtifacts.TaskOk))
        {
            throw new JsonException($"it lacks '{InternalArtifacts.TaskOk}', which every complete attempt has");
        }

        foreach (var record in list.Values)
        {
            RequireKey(record.Key);
            _blobs.Add(record.Key);
            if ((IncludedContent.Is(record) ?? step == TaskPath.ParametersStep) && _opened.Add(record.Key))
            {
                await MarkFileAsync(record, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // What the record named before it was damaged must stay.
    private static void RequireKey(string key)
    {
        if (!BlobContent.IsKey(key))
        {
            throw new JsonException($"it says that a value is the blob '{key}', but the name of a blob is 40 hexadecimal digits");
        }
    }

    private async ValueTask MarkFileAsync(ArtifactRecord record, CancellationToken cancellationToken)
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

    /// <summary>Returns the key of the code package that a record names.</summary>
    /// <param name="bytes">The record, whose value is a text that is JSON itself:
    /// <c>{"ds_type": "local", "sha": "…", "location": "…"}</c>.</param>
    /// <returns>The key; empty if it names none.</returns>
    public static string PackageKey(ReadOnlyMemory<byte> bytes)
    {
        using var datum = JsonDocument.Parse(bytes);
        using var value = JsonDocument.Parse(datum.RootElement.GetProperty("value").GetString() ?? "{}");
        return value.RootElement.TryGetProperty("sha", out var key) ? key.GetString() ?? "" : "";
    }
}
