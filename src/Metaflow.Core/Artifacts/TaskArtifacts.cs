using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>The artifacts of a complete attempt of a task. Values are loaded when asked for, and not kept.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TaskArtifacts : IRecordedArtifacts
{
    // Fewer bytes are read in less time than a region of its own saves.
    private const long ShortestApart = 64 << 20;

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
        if (typeof(T) == typeof(Stream) && StreamOf(record) is T stream)
        {
            return stream;
        }

        if (IsLong(record))
        {
            return (T)LoadLong(record, typeof(T))!;
        }

        var payload = LoadPayload(record);
        return typeof(T) != typeof(IncludedFile) && FileIn(record, payload) is { } file
            && IncludedContent.Load(_datastore, file, typeof(T)) is T content
                ? content
                : ArtifactSerializer.Deserialize<T>(payload, record.Encoding, name);
    }

    /// <summary>Loads an artifact into a type, as <see cref="Load{T}"/> does. A task does not use it: for each type it is more code to
    /// compile.</summary>
    /// <typeparam name="T">The requested type.</typeparam>
    /// <param name="name">The name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The value.</returns>
    public async ValueTask<T> LoadAsync<T>(string name, CancellationToken cancellationToken)
    {
        var record = Find(name);
        if (typeof(T) == typeof(Stream) && StreamOf(record) is T stream)
        {
            return stream;
        }

        if (IsLong(record))
        {
            return (T)(await LoadLongAsync(record, typeof(T), cancellationToken).ConfigureAwait(false))!;
        }

        var payload = await LoadPayloadAsync(record, cancellationToken).ConfigureAwait(false);
        return typeof(T) != typeof(IncludedFile) && FileIn(record, payload) is { } file
            && await IncludedContent.LoadAsync(_datastore, file, typeof(T), cancellationToken).ConfigureAwait(false) is T content
                ? content
                : ArtifactSerializer.Deserialize<T>(payload, record.Encoding, name);
    }

    /// <summary>Loads an artifact as plain data: numbers, texts, lists, dictionaries, and Python's objects as data.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The value.</returns>
    /// <exception cref="StorageException">There is no such artifact (MF4010), or its blob is missing or corrupt (MF4002,
    /// MF4005).</exception>
    public object? LoadPlain(string name) => Completion.Of(() => LoadPlainAsync(name, CancellationToken.None));

    /// <summary>Loads an artifact as plain data, as <see cref="LoadPlain"/> does.</summary>
    /// <param name="name">The name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The value.</returns>
    public async ValueTask<object?> LoadPlainAsync(string name, CancellationToken cancellationToken)
    {
        var record = Find(name);
        if (IsLong(record))
        {
            return await ReadLongAsync(record, PickleReader.Read, cancellationToken).ConfigureAwait(false);
        }

        var payload = await LoadPayloadAsync(record, cancellationToken).ConfigureAwait(false);
        var plain = ArtifactSerializer.DeserializePlain(payload, record.Encoding);
        return IncludedContent.Descriptor(plain) is { } file
            ? await IncludedContent.LoadAsync(_datastore, file, typeof(object), cancellationToken).ConfigureAwait(false)
            : plain;
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
        return IsLong(record)
            ? Completion.Of(() => ReadLongAsync(
                record, input => ArtifactSerializer.DeserializeItem<T>(input, index, name), CancellationToken.None))
            : ArtifactSerializer.DeserializeItem<T>(LoadPayload(record), record.Encoding, index, name);
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
    /// <param name="record">The artifact's record; Python Metaflow's tells the size of the descriptor.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The size in bytes.</returns>
    internal async ValueTask<long> SizeOfAsync(ArtifactRecord record, CancellationToken cancellationToken)
    {
        if (IncludedContent.Is(record) is not true)
        {
            return record.Size;
        }

        var payload = await LoadPayloadAsync(record, cancellationToken).ConfigureAwait(false);
        return IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(payload, record.Encoding))?.Size ?? record.Size;
    }

    // Nothing is read before its reader reads it.
    private StoredStream? StreamOf(ArtifactRecord record)
        => record.TypeName == StreamForm.TypeName && ArtifactSerializer.IsPickle(record.Encoding)
            ? new StoredStream(_datastore.Content, record)
            : null;

    // A long pickle is read without having all its bytes in memory.
    private static bool IsLong(ArtifactRecord record)
        => record.Size >= ContentAddressedStore.LongPayload && ArtifactSerializer.IsPickle(record.Encoding)
            && IncludedContent.Is(record) is false;

    private object? LoadLong(ArtifactRecord record, Type type)
        => Completion.Of(() => LoadLongAsync(record, type, CancellationToken.None));

    private async ValueTask<object?> LoadLongAsync(ArtifactRecord record, Type type, CancellationToken cancellationToken)
    {
        if (LargeArray.For(type, record.Size) is { } array
            && await _datastore.Content.TryFillAsync(record.Key, array.Parts, cancellationToken).ConfigureAwait(false))
        {
            return array.Items;
        }

        // A form that gives up has taken what it saw, unless that was little.
        var (isRead, value) = await ReadLongAsync(
            record,
            input => ArtifactSerializer.TryDeserializeDirectly(input, type, out var found) ? (true, found)
                : input.Position == 0 ? (true, ArtifactSerializer.Deserialize(input, type, record.Name))
                : (false, null),
            cancellationToken).ConfigureAwait(false);
        return isRead
            ? value
            : await ReadLongAsync(
                record, input => ArtifactSerializer.Deserialize(input, type, record.Name), cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<T> ReadLongAsync<T>(ArtifactRecord record, Func<PickleInput, T> read, CancellationToken cancellationToken)
    {
        return _datastore.Content.ReadAsync(record.Key, record.Size, Read, cancellationToken);

        T Read(PayloadReader reader)
        {
            var length = Math.Min(record.Size, reader.Longest);

            // A character of a text is two bytes in memory, an object of some numbers is three times what its pickle is, a reference eight.
            using var region = length < ShortestApart ? null : CollectionFreeRegion.TryEnter(length * 3, length / 2);
            return read(new PickleInput(reader.Read, reader.Longest) { Length = length });
        }
    }

    // Without a recorded type only the value tells whether it is the descriptor of an included file.
    private static IncludedFile? FileIn(ArtifactRecord record, byte[] payload)
        => IncludedContent.Is(record) is false
            ? null
            : IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(payload, record.Encoding));

    private byte[] LoadPayload(ArtifactRecord record) => Completion.Of(() => LoadPayloadAsync(record, CancellationToken.None));

    // The recorded size of an included file is that of the file, not of the descriptor that the blob holds.
    private ValueTask<byte[]> LoadPayloadAsync(ArtifactRecord record, CancellationToken cancellationToken)
        => _datastore.Content.LoadAsync(record.Key, IncludedContent.Is(record) is true ? 0 : record.Size, cancellationToken);

    /// <summary>Returns what is known of an artifact without loading it.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The record.</returns>
    /// <exception cref="StorageException">There is no such artifact (MF4010).</exception>
    internal ArtifactRecord Find(string name) => Records.TryGetValue(name, out var record) ? record : throw Missing(name);

    private StorageException Missing(string name)
    {
        var known = Records.Keys.Where(static known => !known.StartsWith('_')).Order(StringComparer.Ordinal).ToList();
        return new StorageException(
            ErrorCodes.NoSuchArtifact,
            $"The task '{Task}' has no artifact '{name}'.",
            known.Count == 0 ? "It has no artifacts." : $"Its artifacts are {string.Join(", ", known)}.",
            ClosestName.Find(name, known) is { } closest
                ? $"Did you mean '{closest}'?"
                : "Check the name; on disk it is in snake case.")
        { Pathspec = Task.ToString() };
    }
}
