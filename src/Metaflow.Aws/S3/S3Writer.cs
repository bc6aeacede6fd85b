using System.Collections.Concurrent;
using Metaflow.Aws.Http;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>Writes objects. Small ones are sent in one request, large ones in parts while they are still being written.
/// Thread-safe.</summary>
/// <param name="client">Sends the requests.</param>
internal sealed class S3Writer(S3Client client)
{
    /// <summary>The header by which a writer knows its own object again, when the answer to its request was lost.</summary>
    public const string WriterHeader = "x-amz-meta-metaflow-writer";

    /// <summary>How many parts are in memory at the same time, of all objects together.</summary>
    private const int MostParts = 5;

    private readonly ConcurrentBag<byte[]> _buffers = [];

    /// <summary>Gets what bounds the memory that parts take.</summary>
    public SemaphoreSlim Parts { get; } = new(MostParts);

    /// <summary>Gets what sends the requests.</summary>
    public S3Client Client => client;

    /// <summary>Writes an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="write">Its content.</param>
    /// <param name="overwrite">Whether an object that exists is replaced.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether this call stored it.</returns>
    public async ValueTask<bool> WriteAsync(string key, BlobWrite write, bool overwrite, CancellationToken cancellationToken)
    {
        if (!overwrite && !client.Settings.HasConditions && await HeadersOfAsync(key, cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        var upload = new S3Upload(this, key, write, overwrite, cancellationToken);
        await using (upload.ConfigureAwait(false))
        {
            await write.WriteAsync(upload, cancellationToken).ConfigureAwait(false);
            return await upload.FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Returns a request that creates an object.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="packing">How it is packed.</param>
    /// <param name="writer">What tells this writer from others; <see langword="null"/> when nobody asks.</param>
    public ObjectRequest Creation(string method, string key, BlobPacking? packing, string? writer)
    {
        var request = S3Client.Request(method, key);
        request.Headers["content-type"] = "binary/octet-stream";
        if (packing is not null)
        {
            request.Headers[PackingAttributes.Header] = PackingAttributes.ToJson(packing);
        }

        if (writer is not null)
        {
            request.Headers[WriterHeader] = writer;
        }

        if (client.Settings.Encryption is { } encryption)
        {
            request.Headers["x-amz-server-side-encryption"] = encryption;
        }

        return request;
    }

    /// <summary>Returns true if an object was written by a writer.</summary>
    /// <param name="key">The key.</param>
    /// <param name="writer">What tells the writer from others.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<bool> IsByAsync(string key, string writer, CancellationToken cancellationToken)
        => await HeadersOfAsync(key, cancellationToken).ConfigureAwait(false) is { } found && found.Header(WriterHeader) == writer;

    /// <summary>Looks at an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, whose headers can be read; <see langword="null"/> when there is no object.</returns>
    public async ValueTask<ObjectResponse?> HeadersOfAsync(string key, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(S3Client.Request("HEAD", key), What(key), cancellationToken).ConfigureAwait(false);
        answer.Response.Dispose();
        return answer.Response.Succeeded ? answer.Response : null;
    }

    /// <summary>Returns a buffer for a part of the usual size.</summary>
    public byte[] Rent() => _buffers.TryTake(out var buffer) ? buffer : new byte[S3Upload.PartSize];

    /// <summary>Takes a buffer back.</summary>
    /// <param name="buffer">The buffer.</param>
    public void Return(byte[] buffer)
    {
        if (buffer.Length == S3Upload.PartSize && _buffers.Count < MostParts)
        {
            _buffers.Add(buffer);
        }
    }

    /// <summary>Returns what an error says first.</summary>
    /// <param name="key">The key.</param>
    public string What(string key) => $"The object '{key}' of the bucket '{client.Bucket}' could not be written.";
}
