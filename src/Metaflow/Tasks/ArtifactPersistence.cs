using System.Diagnostics.CodeAnalysis;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Tasks;

/// <summary>Stores what a step left in its flow object.</summary>
internal sealed class ArtifactPersistence(TaskDatastoreWriter writer, IReadOnlyList<ArtifactCell> cells, TaskInputs inputs)
{
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    // The streams of other artifacts, which are stored already.
    private readonly List<string> _passedOn = [];

    // One that is assigned twice is read once.
    private readonly Dictionary<Stream, SerializedArtifact> _streams = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets the first artifact that could not be stored, or <see langword="null"/>.</summary>
    public StorageException? Refused { get; private set; }

    /// <summary>Gets a value indicating whether the author's code still runs: what it changes just now is then left out, since its
    /// attempt has failed anyhow.</summary>
    public bool StillChanges { get; init; }

    /// <summary>Gets a value indicating whether each value is read back and compared before it is stored, as tests want.</summary>
    public bool ReadsBack { get; init; }

    /// <summary>Gets the names of the artifacts whose values are this task's own, or a join's from its inputs, rather than passed on as
    /// they were inherited; those that it removed are among them.</summary>
    public IReadOnlyList<string> Written { get; private set; } = [];

    /// <summary>Stores the artifacts that changed and notes the inherited ones; not committed yet.</summary>
    /// <param name="extra">The framework's own artifacts.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the blobs are durable.</returns>
    /// <exception cref="StorageException">The store failed.</exception>
    public async Task SaveAsync(IReadOnlyList<KeyValuePair<string, object?>> extra, CancellationToken cancellationToken)
    {
        writer.Inherit(inputs.Inherited);
        writer.Inherit(inputs.Join.Merged);
        var changed = new List<KeyValuePair<string, SerializedArtifact>>();
        var stored = new List<ArtifactCell>();
        var read = new List<ArtifactRecord>();
        foreach (var cell in cells)
        {
            if (cell.IsRemoved)
            {
                writer.Drop(cell.Name);
            }
            else if (cell.WasWritten && writer.RecordOf(cell.Peek) is { } known)
            {
                writer.Inherit([known with { Name = cell.Name }]);
                _passedOn.Add(cell.Name);
            }
            else if (MayHaveChanged(cell) && TrySerialize(cell) is { } serialized)
            {
                changed.Add(new(cell.Name, serialized));
                stored.Add(cell);
                if (!cell.WasWritten && writer.Records.TryGetValue(cell.Name, out var inherited))
                {
                    read.Add(inherited);
                }
            }
        }

        foreach (var (name, value) in extra)
        {
            changed.Add(new(name, ArtifactSerializer.SerializePlain(value, name)));
        }

        var records = await writer.SaveArtifactsAsync(changed, read, cancellationToken).ConfigureAwait(false);
        Written = WrittenAmong(stored, records);
    }

    /// <summary>A value that was only read and whose bytes came out the same was not written.</summary>
    private List<string> WrittenAmong(List<ArtifactCell> stored, IReadOnlyList<ArtifactRecord> records)
    {
        var written = new List<string>();
        foreach (var merged in inputs.Join.Merged)
        {
            written.Add(merged.Name);
        }

        foreach (var cell in cells)
        {
            if ((cell.IsRemoved || _refused.Contains(cell.Name)) && !written.Contains(cell.Name))
            {
                written.Add(cell.Name);
            }
        }

        written.AddRange(_passedOn.Where(name => !written.Contains(name)));
        for (var i = 0; i < stored.Count; i++)
        {
            if ((stored[i].WasWritten || KeyOfInherited(records[i].Name) != records[i].Key) && !written.Contains(records[i].Name))
            {
                written.Add(records[i].Name);
            }
        }

        return written;
    }

    private string? KeyOfInherited(string name)
    {
        foreach (var record in inputs.Inherited)
        {
            if (record.Name == name)
            {
                return record.Key;
            }
        }

        return null;
    }

    private static bool MayHaveChanged(ArtifactCell cell)
        => cell.WasWritten
            || (cell.WasRead && cell.HasValue && !cell.IsReadOnly && !cell.IsAsLoaded
                && !ArtifactSerializer.IsImmutable(cell.Peek, cell.ValueType));

    private static StorageException AsOf(ArtifactCell cell, StorageException error) => error.Code == ErrorCodes.ReadBackDiffers
        ? error
        : new StorageException(error.Code, $"The artifact '{cell.Name}' cannot be stored. {error.What}", error.Why, error.Fix, error);

    [SuppressMessage(
        "Design", "CA1031",
        Justification = "A value that another thread changes can make its reader fail in any way; that must not hide the timeout.")]
    private SerializedArtifact? TrySerialize(ArtifactCell cell)
    {
        try
        {
            if (cell.Peek is Stream stream && _streams.TryGetValue(stream, out var same))
            {
                return same;
            }

            var serialized = ArtifactSerializer.Serialize(cell.Peek, cell.ValueType, cell.Name);
            if (cell.Peek is Stream read)
            {
                _streams[read] = serialized;
            }

            if (ReadsBack && !StillChanges)
            {
                ArtifactSerializer.RequireSameWhenRead(cell.Peek, cell.ValueType, serialized, cell.Name);
            }

            return serialized;
        }
        catch (StorageException error)
        {
            if (StillChanges)
            {
                writer.Drop(cell.Name);
                return null;
            }

            // The value before it is not this task's: those that come after would take it for the new one.
            writer.Drop(cell.Name);
            _refused.Add(cell.Name);
            Refused ??= AsOf(cell, error);
            return null;
        }
        catch (Exception) when (StillChanges)
        {
            // Such as a list that grows while it is read.
            writer.Drop(cell.Name);
            return null;
        }
    }
}
