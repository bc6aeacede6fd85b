using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>The artifacts of a complete attempt of a task. Values are loaded when asked for, and not kept.</summary>
/// <remarks>Safe for several threads.</remarks>
internal sealed class TaskArtifacts : IRecordedArtifacts
{
    private readonly FlowDatastore _datastore;

    internal TaskArtifacts(FlowDatastore datastore, TaskPath task, int attempt, IReadOnlyDictionary<string, ArtifactRecord> records)
    {
        _datastore = datastore;
        Task = task;
        Attempt = attempt;
        Records = records;
    }

    /// <summary>Gets the task.</summary>
    public TaskPath Task { get; }

    /// <summary>Gets the attempt's number, from 0.</summary>
    public int Attempt { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ArtifactRecord> Records { get; }

    /// <inheritdoc/>
    public bool Contains(string name) => Records.ContainsKey(name);

    /// <inheritdoc/>
    public T Load<T>(string name)
    {
        var record = Find(name);
        if (record.Size >= LargeArray.ShortestPayload && typeof(T).IsArray && LoadLargeArray(record, typeof(T)) is T items)
        {
            return items;
        }

        var payload = LoadPayload(record);

        // Without a recorded type only the value tells whether it is the descriptor of an included file.
        if (typeof(T) != typeof(IncludedFile) && IncludedContent.Is(record) is not false
            && IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(payload, record.Encoding)) is { } file
            && IncludedContent.Load(_datastore, file, typeof(T)) is T content)
        {
            return content;
        }

        return ArtifactSerializer.Deserialize<T>(payload, record.Encoding, name);
    }

    /// <summary>Loads an artifact as plain data: numbers, texts, lists, dictionaries, and Python's objects as data.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The value.</returns>
    /// <exception cref="StorageException">There is no such artifact (MF4010), or its blob is missing or corrupt (MF4002,
    /// MF4005).</exception>
    public object? LoadPlain(string name)
    {
        var record = Find(name);
        var plain = ArtifactSerializer.DeserializePlain(LoadPayload(record), record.Encoding);
        return IncludedContent.Descriptor(plain) is { } file ? IncludedContent.Load(_datastore, file, typeof(object)) : plain;
    }

    /// <summary>Loads one item of an artifact that is a list, without building the others.</summary>
    /// <typeparam name="T">The item's type.</typeparam>
    /// <param name="name">The name on disk.</param>
    /// <param name="index">The item's place, from 0.</param>
    /// <returns>The item.</returns>
    /// <exception cref="StorageException">There is no such artifact (MF4010), or its blob is missing or corrupt (MF4002,
    /// MF4005).</exception>
    public T LoadItem<T>(string name, int index)
    {
        var record = Find(name);
        return ArtifactSerializer.DeserializeItem<T>(LoadPayload(record), record.Encoding, index, name);
    }

    /// <summary>Loads the serialized bytes of an artifact.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The uncompressed bytes.</returns>
    /// <exception cref="StorageException">There is no such artifact (MF4010), or its blob is missing or corrupt (MF4002,
    /// MF4005).</exception>
    public byte[] LoadPayload(string name)
    {
        var payload = LoadPayload(Find(name));
        return _datastore.Content.Cache is null ? payload : payload.ToArray();
    }

    /// <summary>Returns the size of an artifact as its readers understand it: of the file, for an included one.</summary>
    /// <param name="record">The artifact's record; the reference's tells the size of the descriptor.</param>
    /// <returns>The size in bytes.</returns>
    internal long SizeOf(ArtifactRecord record)
    {
        var plain = IncludedContent.Is(record) is true ? ArtifactSerializer.DeserializePlain(LoadPayload(record), record.Encoding) : null;
        return IncludedContent.Descriptor(plain)?.Size ?? record.Size;
    }

    private Array? LoadLargeArray(ArtifactRecord record, Type type)
        => ArtifactSerializer.IsPickle(record.Encoding) && IncludedContent.Is(record) is false && LargeArray.For(type, record.Size) is { } array
            && Completion.Of(_datastore.Content.TryFillAsync(record.Key, array.Parts, CancellationToken.None)) ? array.Items : null;

    private byte[] LoadPayload(ArtifactRecord record)
    {
        // The recorded size of an included file is that of the file, not of the descriptor that the blob holds.
        var sizeHint = IncludedContent.Is(record) is true ? 0 : record.Size;
        return Completion.Of(_datastore.Content.LoadAsync(record.Key, sizeHint, CancellationToken.None));
    }

    private ArtifactRecord Find(string name) => Records.TryGetValue(name, out var record) ? record : throw new StorageException(
        ErrorCodes.NoSuchArtifact,
        $"The task '{Task}' has no artifact '{name}'.",
        $"Its artifacts are {string.Join(", ", Records.Keys.Where(static known => !known.StartsWith('_')).Order(StringComparer.Ordinal))}.",
        "Check the name; on disk it is in snake case.")
    { Pathspec = Task.ToString() };
}
