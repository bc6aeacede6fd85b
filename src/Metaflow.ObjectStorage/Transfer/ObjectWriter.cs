using System.Collections.Concurrent;
using Metaflow.ObjectStorage.Http;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>Writes objects. Small ones are sent in one request, large ones in parts while they are still being written.
/// Thread-safe.</summary>
/// <param name="client">Sends the requests.</param>
internal sealed class ObjectWriter(ObjectClient client)
{
    /// <summary>The text of the metadata by which a writer knows its own object again, when the answer to its request was lost.</summary>
    public const string WriterName = "metaflow-writer";

    /// <summary>How many parts are in memory at the same time, of all objects together.</summary>
    private const int MostParts = 5;

    private readonly ConcurrentBag<byte[]> _buffers = [];

    /// <summary>Gets what bounds the memory that parts take.</summary>
    public SemaphoreSlim Parts { get; } = new(MostParts);

    /// <summary>Gets what sends the requests.</summary>
    public ObjectClient Client => client;

    /// <summary>Writes an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="write">Its content.</param>
    /// <param name="overwrite">Whether an object that exists is replaced.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether this call stored it.</returns>
    public async ValueTask<bool> WriteAsync(string key, BlobWrite write, bool overwrite, CancellationToken cancellationToken)
    {
        if (!overwrite && !client.Settings.HasConditions
            && await client.LookAsync(key, What(key), cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        var properties = new ObjectProperties { ContentType = write.Properties?.ContentType ?? ObjectProperties.Bytes };
        foreach (var (name, text) in write.Properties?.Metadata ?? BlobProperties.None.Metadata)
        {
            properties.Metadata[name] = text;
        }

        if (write.Packing is { } packing)
        {
            properties.Metadata[PackingAttributes.Name] = PackingAttributes.ToJson(packing);
        }

        var upload = new ObjectUpload(this, key, properties, write.Length, overwrite, cancellationToken);
        await using (upload.ConfigureAwait(false))
        {
            await write.WriteAsync(upload, cancellationToken).ConfigureAwait(false);
            return await upload.FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Returns true if an object was written by a writer.</summary>
    /// <param name="client">Sends the request.</param>
    /// <param name="key">The key.</param>
    /// <param name="writer">What tells the writer from others.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async ValueTask<bool> IsByAsync(
        ObjectClient client, string key, string writer, CancellationToken cancellationToken)
        => await client.LookAsync(key, CannotWrite(client, key), cancellationToken).ConfigureAwait(false) is { } found
            && IsBy(found, writer);

    /// <summary>Returns true if an object was written by a writer.</summary>
    /// <param name="found">What the service says about it.</param>
    /// <param name="writer">What tells the writer from others.</param>
    public static bool IsBy(ObjectFacts found, string writer) => found.Metadata.GetValueOrDefault(WriterName) == writer;

    /// <summary>Returns a buffer for a part of the usual size.</summary>
    public byte[] Rent() => _buffers.TryTake(out var buffer) ? buffer : new byte[ObjectUpload.PartSize];

    /// <summary>Takes a buffer back.</summary>
    /// <param name="buffer">The buffer.</param>
    public void Return(byte[] buffer)
    {
        if (buffer.Length == ObjectUpload.PartSize && _buffers.Count < MostParts)
        {
            _buffers.Add(buffer);
        }
    }

    /// <summary>Returns what an error says first.</summary>
    /// <param name="key">The key.</param>
    public string What(string key) => CannotWrite(client, key);

    /// <summary>Returns what an error says first.</summary>
    /// <param name="client">Sends the requests.</param>
    /// <param name="key">The key.</param>
    public static string CannotWrite(ObjectClient client, string key)
        => $"The object '{key}' of {client.Service.Place} could not be written.";
}
