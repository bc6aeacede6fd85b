using System.Globalization;
using System.Net;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.FarStore;

/// <summary>Adds datastores of the type <c>objects</c>, which are kept by an <c>ObjectServer</c>.</summary>
public sealed class FarStorePlugin : IMetaflowPlugin
{
    private FarStorePlugin()
    {
    }

    public static void Register(PluginRegistry registry) => registry.Add<IStoreFactory>(FarBlobStore.Type, new Factory());

    private sealed class Factory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options) => new FarBlobStore(address.Root);
    }
}

/// <summary>A store of a service: it sees nothing of the framework but what is public, and nothing of the disk.</summary>
public sealed class FarBlobStore(string root) : IBlobStore
{
    public const string Type = "objects";

    private const int Width = 16;
    private const int Tries = 8;
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };

    public string TypeName => Type;

    public string Root => root;

    public bool GuardsContent => true;

    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        var stored = new bool[writes.Count];
        foreach (var isLast in (bool[])[false, true])
        {
            var indexes = Enumerable.Range(0, writes.Count).Where(i => writes[i].IsLast == isLast).ToList();
            await ForEachAsync(indexes, async i => stored[i] = await SaveAsync(writes[i], overwrite, cancellationToken));
        }

        return stored;
    }

    public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, 'o', path, static (_, _) => ValueTask.CompletedTask, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : new BlobRead(
            new MemoryStream(await response.Content.ReadAsByteArrayAsync(cancellationToken), writable: false),
            response.Headers.TryGetValues("X-Packing", out var packing) && packing.Single() is { Length: > 0 } text
                ? new BlobPacking(text == "raw")
                : null);
    }

    public async ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = new BlobState?[paths.Count];
        await ForEachAsync([.. Enumerable.Range(0, paths.Count)], async i =>
        {
            using var response = await SendAsync(
                HttpMethod.Get, 's', paths[i], static (_, _) => ValueTask.CompletedTask, cancellationToken);
            states[i] = response.StatusCode == HttpStatusCode.NotFound ? null : new BlobState(
                long.Parse(response.Headers.GetValues("X-Length").Single(), CultureInfo.InvariantCulture),
                DateTimeOffset.Parse(response.Headers.GetValues("X-Changed").Single(), CultureInfo.InvariantCulture));
        });
        return states;
    }

    public async ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, 'l', folder, static (_, _) => ValueTask.CompletedTask, cancellationToken);
        var lines = (await response.Content.ReadAsStringAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. lines.Select(static line => new BlobEntry(line[1..], line[0] == '/'))
                .Where(static entry => entry is not { Name: "_meta", IsFolder: true }),
        ];
    }

    public async ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
        => await ForEachAsync(
            paths,
            async path =>
                (await SendAsync(HttpMethod.Delete, 'o', path, static (_, _) => ValueTask.CompletedTask, cancellationToken)).Dispose());

    private static async Task ForEachAsync<T>(IReadOnlyList<T> items, Func<T, Task> act)
    {
        foreach (var batch in items.Chunk(Width))
        {
            await Task.WhenAll(batch.Select(act));
        }
    }

    private async Task<bool> SaveAsync(BlobWrite write, bool overwrite, CancellationToken cancellationToken)
    {
        byte[] written = [];
        var isRepeated = false;
        using var response = await SendAsync(HttpMethod.Put, 'o', write.Path, FillAsync, cancellationToken);
        return response.StatusCode != HttpStatusCode.PreconditionFailed || (isRepeated && await IsMineAsync());

        async ValueTask FillAsync(HttpRequestMessage request, int tries)
        {
            isRepeated = tries > 0;
            using var content = new MemoryStream();
            await write.WriteAsync(content, cancellationToken);
            request.Content = new ByteArrayContent(written = content.ToArray());
            request.Headers.Add("X-Packing", write.Packing is null ? "" : write.Packing.IsRaw ? "raw" : "gzip");
            if (!overwrite)
            {
                request.Headers.Add("If-None-Match", "*");
            }
        }

        // The answer of an earlier try may have been lost after the object was stored.
        async Task<bool> IsMineAsync()
            => await OpenAsync(write.Path, cancellationToken) is { } read
                && ((MemoryStream)read.Content).ToArray().AsSpan().SequenceEqual(written);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, char kind, string path, Func<HttpRequestMessage, int, ValueTask> fillAsync, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, $"{root}/{kind}/{Uri.EscapeDataString(path)}");
                await fillAsync(request, tries);
                var response = await Client.SendAsync(request, cancellationToken);
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    return response;
                }

                response.Dispose();
            }
            catch (HttpRequestException) when (tries < Tries)
            {
            }
            catch (HttpRequestException error)
            {
                throw Failed(path, error.Message, error);
            }

            if (tries >= Tries)
            {
                throw Failed(path, "It is too busy.", null);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10 << tries), cancellationToken);
        }
    }

    private StorageException Failed(string path, string why, Exception? cause) => new(
        ErrorCodes.StorageWriteFailed, $"The object '{path}' could not be reached.", $"The server at '{root}' says: {why}",
        "Start the server again.", cause!);
}
