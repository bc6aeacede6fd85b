using System.Globalization;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>A store in a bucket of S3, with the keys and the metadata of Python Metaflow.</summary>
/// <param name="root">The root as it was given.</param>
/// <param name="location">The bucket and the prefix.</param>
/// <param name="client">Sends the requests.</param>
internal sealed class S3BlobStore(string root, S3Location location, S3Client client) : IBlobStore
{
    /// <summary>The type by which settings name it.</summary>
    public const string Type = "s3";

    /// <summary>Objects up to this length are read at once: the connection is free for others then.</summary>
    private const long LargestReadAtOnce = 1 << 20;

    private readonly S3Writer _writer = new(client);
    private readonly S3Listing _listing = new(client);

    /// <inheritdoc/>
    public string TypeName => Type;

    /// <inheritdoc/>
    public string Root => root;

    /// <inheritdoc/>
    /// <remarks>Each object comes to the server with the hash of its bytes, and S3 checks what it keeps.</remarks>
    public bool GuardsContent => true;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        var stored = new bool[writes.Count];
        foreach (var isLast in (bool[])[false, true])
        {
            await client.EachAsync(
                writes.Count,
                async i =>
                {
                    if (writes[i].IsLast == isLast)
                    {
                        stored[i] = await _writer.WriteAsync(KeyOf(writes[i].Path), writes[i], overwrite, cancellationToken)
                            .ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
        }

        return stored;
    }

    /// <inheritdoc/>
    public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var key = KeyOf(path);
        for (var tries = 0; ; tries++)
        {
            var answer = await client.SendAsync(
                S3Client.Request("GET", key), $"The object '{key}' of the bucket '{location.Bucket}' could not be read.",
                cancellationToken).ConfigureAwait(false);
            var response = answer.Response;
            if (response.Status == 404)
            {
                return null;
            }

            var packing = PackingAttributes.FromJson(response.Header(PackingAttributes.Header));
            if (packing is not null && S3PartsStream.IsFor(response))
            {
                // Its name is the hash of its content, so it never changes.
                return new BlobRead(new S3PartsStream(client, key, answer), packing);
            }

            if (response.Length is > LargestReadAtOnce)
            {
                return new BlobRead(new S3ObjectStream(client, key, answer), packing);
            }

            try
            {
                using (response)
                {
                    var content = await response.ReadAsync(cancellationToken).ConfigureAwait(false);
                    return new BlobRead(new MemoryStream(content, writable: false), packing);
                }
            }
            catch (Exception error) when (S3ObjectStream.IsBroken(error) && tries < client.Settings.Retries)
            {
                // It broke in the middle.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = new BlobState?[paths.Count];
        await client.EachAsync(
            paths.Count,
            async i =>
            {
                var key = KeyOf(paths[i]);
                var answer = await client.SendAsync(
                    S3Client.Request("HEAD", key), $"The object '{key}' of the bucket '{location.Bucket}' could not be looked at.",
                    cancellationToken).ConfigureAwait(false);
                using var response = answer.Response;
                states[i] = response.Succeeded ? new BlobState(response.Length ?? 0, ChangedAt(response.Header("last-modified"))) : null;
            }).ConfigureAwait(false);
        return states;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var key = KeyOf(folder);
        var entries = await _listing.ListAsync(key.Length == 0 ? "" : key + "/", cancellationToken).ConfigureAwait(false);
        entries.RemoveAll(static entry => entry is { Name: "_meta", IsFolder: true });
        return entries;
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => await client.EachAsync(
            paths.Count,
            async i =>
            {
                var key = KeyOf(paths[i]);
                var answer = await client.SendAsync(
                    S3Client.Request("DELETE", key), $"The object '{key}' of the bucket '{location.Bucket}' could not be deleted.",
                    cancellationToken).ConfigureAwait(false);
                answer.Response.Dispose();
            }).ConfigureAwait(false);

    private static DateTimeOffset ChangedAt(string? text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;

    private static bool IsInside(string path)
    {
        foreach (var part in path.Split('/'))
        {
            if (part is "." or "..")
            {
                return false;
            }
        }

        return !path.StartsWith('/');
    }

    private string KeyOf(string path)
        => !IsInside(path)
            ? throw new StorageException(
                ErrorCodes.PathOutsideStore,
                $"The path '{path}' leaves the datastore.",
                $"Paths are relative to '{root}', without '.' and '..'.",
                "Use a path inside the datastore.")
            : location.KeyOf(path);
}
