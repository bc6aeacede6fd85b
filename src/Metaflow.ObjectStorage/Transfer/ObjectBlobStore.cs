using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>A store in a bucket of a service, with the keys and the metadata of Python Metaflow.</summary>
/// <param name="type">The type by which settings name it.</param>
/// <param name="root">The root as it was given.</param>
/// <param name="prefix">What keys begin with, without slashes around it; empty for the bucket itself.</param>
/// <param name="client">Sends the requests.</param>
internal sealed class ObjectBlobStore(string type, string root, string prefix, ObjectClient client)
    : IBlobStore, IBlobPropertyStore, IFlatListing, IUnfinishedObjects
{
    /// <summary>Objects up to this length are read at once: the connection is free for others then.</summary>
    private const long LargestReadAtOnce = 1 << 20;

    private readonly ObjectWriter _writer = new(client);

    /// <inheritdoc/>
    public string TypeName => type;

    /// <inheritdoc/>
    public string Root => root;

    /// <summary>Gets the length of what all keys begin with.</summary>
    private int RootLength => prefix.Length == 0 ? 0 : prefix.Length + 1;

    /// <inheritdoc/>
    /// <remarks>Each object comes to the server with the hash of its bytes, and the server checks what it keeps.</remarks>
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
        var tries = client.TriesOf(CannotRead(key));
        while (true)
        {
            var answer = await client.GetAsync(client.Service.Get(key), CannotRead(key), cancellationToken).ConfigureAwait(false);
            if (!answer.Succeeded)
            {
                return null;
            }

            try
            {
                return await ReadAsync(key, answer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (ObjectClient.IsBroken(error))
            {
                // It broke in the middle.
                cancellationToken.ThrowIfCancellationRequested();
                await client.WaitOrThrowAsync(tries, error.Message, error, isWrite: false, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var contents = new byte[]?[paths.Count];
        await client.EachAsync(
            paths.Count,
            async i =>
            {
                var key = KeyOf(paths[i]);
                var (answer, body) = await client.SendAndReadAsync(
                    client.Service.Get(key), CannotRead(key), client.Service.RequireOwn, cancellationToken).ConfigureAwait(false);
                contents[i] = answer.Succeeded ? body : null;
            }).ConfigureAwait(false);
        return contents;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => await LookAsync(paths, static facts => new BlobState(facts.Length, facts.ChangedAt), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobProperties?>> PropertiesAsync(
        IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => await LookAsync(
            paths,
            static facts => new BlobProperties(
                facts.ContentType ?? ObjectProperties.Bytes,
                facts.Metadata.Where(static text => text.Key != ObjectWriter.WriterName)
                    .ToDictionary(static text => text.Key, static text => text.Value, StringComparer.Ordinal)),
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var key = KeyOf(folder);
        var start = key.Length == 0 ? "" : key + "/";
        var entries = new List<BlobEntry>();
        foreach (var listed in await client.ListAsync(start, isRecursive: false, cancellationToken).ConfigureAwait(false))
        {
            // A key that ends in a slash is what consoles make of an empty folder.
            var name = listed.Key.Length > start.Length ? listed.Key[start.Length..].TrimEnd('/') : "";
            if (name.Length > 0 && (listed.IsFolder || !listed.Key.EndsWith('/')) && !(listed.IsFolder && name == "_meta"))
            {
                entries.Add(new BlobEntry(name, listed.IsFolder));
            }
        }

        return entries;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListAllAsync(string folder, CancellationToken cancellationToken)
    {
        var start = KeyOf(folder) + "/";

        // A key that ends after the slash is what consoles make of an empty folder.
        return
        [
            .. (await client.ListAsync(start, isRecursive: true, cancellationToken).ConfigureAwait(false))
                .Where(listed => !listed.IsFolder && listed.Key.Length > start.Length)
                .Select(listed => listed.Key[RootLength..]),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => await client.EachAsync(
            paths.Count,
            i =>
            {
                var key = KeyOf(paths[i]);
                return client.DeleteAsync(
                    key, $"The object '{key}' of {client.Service.Place} could not be deleted.", cancellationToken);
            }).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UnfinishedObject>> ListUnfinishedAsync(string folder, CancellationToken cancellationToken)
    {
        return
        [
            .. (await client.ListUnfinishedAsync(KeyOf(folder) + "/", cancellationToken).ConfigureAwait(false))
                .Select(upload => upload with { Path = upload.Path[RootLength..] }),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DeleteUnfinishedAsync(IReadOnlyList<UnfinishedObject> objects, CancellationToken cancellationToken)
        => await client.EachAsync(
            objects.Count,
            async i =>
            {
                var key = KeyOf(objects[i].Path);
                var request = client.Service.Unfinished!.Delete(key, objects[i].Id);
                var what = $"The unfinished upload of '{key}' of {client.Service.Place} could not be deleted.";
                (await client.SendAsync(request, what, cancellationToken).ConfigureAwait(false)).Response.Dispose();
            }).ConfigureAwait(false);

    private async ValueTask<T?[]> LookAsync<T>(
        IReadOnlyList<string> paths, Func<ObjectFacts, T> select, CancellationToken cancellationToken)
        where T : class
    {
        var found = new T?[paths.Count];
        await client.EachAsync(
            paths.Count,
            async i =>
            {
                var key = KeyOf(paths[i]);
                var facts = await client.LookAsync(
                    key, $"The object '{key}' of {client.Service.Place} could not be looked at.", cancellationToken).ConfigureAwait(false);
                found[i] = facts is null ? null : select(facts);
            }).ConfigureAwait(false);
        return found;
    }

    private async ValueTask<BlobRead> ReadAsync(string key, ObjectAnswer answer, CancellationToken cancellationToken)
    {
        var response = answer.Response;
        try
        {
            var packing = await PackingOfAsync(key, answer, cancellationToken).ConfigureAwait(false);
            if (packing is not null && PartsStream.IsFor(client, response))
            {
                // Its name is the hash of its content, so it never changes.
                return new BlobRead(new PartsStream(client, key, answer), packing);
            }

            if (response.Length is > LargestReadAtOnce)
            {
                return new BlobRead(new ObjectStream(client, key, answer), packing);
            }

            var content = await response.ReadAsync(cancellationToken).ConfigureAwait(false);
            response.Dispose();
            return new BlobRead(new MemoryStream(content, writable: false), packing);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async ValueTask<BlobPacking?> PackingOfAsync(string key, ObjectAnswer answer, CancellationToken cancellationToken)
    {
        var service = client.Service;
        if (service.SendsMetadataWithContent)
        {
            return PackingAttributes.FromJson(service.MetadataOf(answer.Response, PackingAttributes.Name));
        }

        var request = service.Look(key);
        if (service.VersionOf(answer.Response) is { } version)
        {
            service.Require(request, version);
        }

        return await client.LookAsync(request, CannotRead(key), cancellationToken).ConfigureAwait(false) is { } facts
            ? PackingAttributes.FromJson(facts.Metadata.GetValueOrDefault(PackingAttributes.Name))
            : throw new IOException("Another process replaced the object in the meantime.");
    }

    private string CannotRead(string key) => $"The object '{key}' of {client.Service.Place} could not be read.";

    private string KeyOf(string path)
        => !StorePaths.IsAddressable(path)
            ? throw new StorageException(
                ErrorCodes.PathOutsideStore,
                $"The path '{path}' leaves the datastore.",
                $"Paths are relative to '{root}', without '.' and '..'.",
                "Use a path inside the datastore.")
            : prefix.Length == 0 ? path : path.Length == 0 ? prefix : $"{prefix}/{path}";
}
