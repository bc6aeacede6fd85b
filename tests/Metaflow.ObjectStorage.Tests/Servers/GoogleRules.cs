using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Stands before the emulator and adds what Google Cloud Storage has and the emulator lacks: buckets that must exist, the
/// condition <c>ifGenerationMatch</c>, checksums that are compared, uploads of several chunks, and lists of several pages.</summary>
/// <remarks>What concerns one object is done one after the other.</remarks>
internal sealed class GoogleRules : IAsyncDisposable
{
    private const int EntriesOfPage = 40;
    private const int Granule = 256 << 10;
    private const string Uploads = "/upload/storage/v1/b/";
    private readonly Uri _emulator;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _objects = [];
    private readonly ConcurrentDictionary<string, string> _generations = [];
    private readonly ConcurrentDictionary<string, bool> _buckets = [];
    private readonly ConcurrentDictionary<string, GoogleUpload> _uploads = [];
    private SmallServer? _own;

    private GoogleRules(Uri emulator) => _emulator = emulator;

    /// <summary>Gets the address.</summary>
    public Uri Address => _own!.Address;

    /// <summary>Gets the address of the emulator behind it.</summary>
    public Uri Emulator => _emulator;

    /// <summary>Gets or sets a value indicating whether it keeps only a part of a chunk, as the service may.</summary>
    public bool KeepsParts { get; set; }

    /// <summary>Gets or sets a value indicating whether it has lost all uploads that are not finished.</summary>
    public bool LosesUploads { get; set; }

    /// <summary>Starts a server before the emulator.</summary>
    /// <param name="emulator">The emulator.</param>
    public static async Task<GoogleRules> StartAsync(Uri emulator)
    {
        var rules = new GoogleRules(emulator);
        rules._own = await SmallServer.StartAsync(rules.AnswerAsync);
        return rules;
    }

    public async ValueTask DisposeAsync()
    {
        await _own!.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Makes a bucket.</summary>
    /// <returns>Its name.</returns>
    public string CreateBucket()
    {
        var bucket = $"b{Guid.NewGuid():N}";
        _buckets[bucket] = true;
        return bucket;
    }

    /// <summary>Returns true if a bucket has an upload that nobody finished.</summary>
    /// <param name="bucket">The bucket.</param>
    public bool HasUploads(string bucket) => _uploads.Values.Any(upload => upload.Bucket == bucket && upload.Answer is null);

    private static string TargetOf(HttpContext context) => context.Features.Get<IHttpRequestFeature>()!.RawTarget;

    private static GoogleReply Error(int status, string reason, string message) => new(status, JsonSerializer.SerializeToUtf8Bytes(
        new { error = new { code = status, message, errors = new[] { new { message, domain = "global", reason } } } }));

    private static GoogleReply NotMet()
        => Error(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var path = TargetOf(context).Split('?')[0];
        var words = path[(path.IndexOf("/b/", StringComparison.Ordinal) + 3)..].Split('/');
        var reply = !_buckets.ContainsKey(words[0]) ? Error(404, "notFound", "The specified bucket does not exist.")
            : path.StartsWith(Uploads, StringComparison.Ordinal) ? await UploadAsync(context, words[0], body.ToArray())
            : words.Length == 2 ? await ListAsync(context)
            : await ObjectAsync(context, words[0], Uri.UnescapeDataString(words[2]));
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (reply.Status != 204)
        {
            context.Response.ContentLength = reply.Body.Length;
            await context.Response.Body.WriteAsync(reply.Body);
        }
    }

    private async Task<GoogleReply> ObjectAsync(HttpContext context, string bucket, string key)
    {
        using var turn = await TurnAsync(bucket, key);
        if (!IsMet(bucket, key, context.Request.Query["ifGenerationMatch"]))
        {
            return NotMet();
        }

        if (context.Request.Method == "DELETE")
        {
            _generations.TryRemove($"{bucket}/{key}", out _);
        }

        return await ForwardAsync(context.Request.Method, TargetOf(context), null, null, context.Request.Headers.Range);
    }

    private async Task<GoogleReply> UploadAsync(HttpContext context, string bucket, byte[] body)
    {
        var query = context.Request.Query;
        if (query["upload_id"].ToString() is { Length: > 0 } id)
        {
            return await ContinueAsync(context, id, body);
        }

        var condition = query["ifGenerationMatch"].ToString();
        if (query["uploadType"] == "multipart")
        {
            var (description, content) = GoogleUpload.Parse(context.Request.ContentType!, body);
            return await StoreAsync(bucket, description, condition, content, description["crc32c"]?.GetValue<string>());
        }

        var upload = new GoogleUpload(bucket, JsonNode.Parse(body)!.AsObject(), condition);
        id = Guid.NewGuid().ToString("N");
        _uploads[id] = upload;
        return new GoogleReply(200, [])
        {
            Headers = { ["location"] = $"{Address}upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={id}" },
        };
    }

    private async Task<GoogleReply> ContinueAsync(HttpContext context, string id, byte[] chunk)
    {
        if (LosesUploads || !_uploads.TryGetValue(id, out var upload))
        {
            return Error(404, "notFound", "No such upload.");
        }

        if (context.Request.Method == "DELETE")
        {
            _uploads.TryRemove(id, out _);
            return new GoogleReply(499, []);
        }

        // bytes 0-99/*, bytes 0-99/100 or bytes */100
        var range = context.Request.Headers.ContentRange.ToString()["bytes ".Length..].Split('/');
        if (upload.Answer is null && !range[0].StartsWith('*') && !upload.TryAdd(
            long.Parse(range[0].Split('-')[0], CultureInfo.InvariantCulture), chunk, KeepsParts ? Granule : int.MaxValue))
        {
            return Error(503, "backendError", "The offset exceeds what was uploaded.");
        }

        if (upload.Answer is null && range[1] == "*" && chunk.Length % Granule != 0)
        {
            return Error(400, "invalid", "The chunk is not a multiple of 256 KiB.");
        }

        if (upload.Answer is null && long.TryParse(range[1], out var length) && length == upload.Content.Length)
        {
            var hash = context.Request.Headers["x-goog-hash"].ToString();
            upload.Answer = await StoreAsync(
                upload.Bucket, upload.Description, upload.Condition, upload.Content.ToArray(),
                hash.StartsWith("crc32c=", StringComparison.Ordinal) ? hash["crc32c=".Length..] : "none");
        }

        return upload.Answer ?? new GoogleReply(308, [])
        {
            Headers = { ["range"] = string.Create(CultureInfo.InvariantCulture, $"bytes=0-{upload.Content.Length - 1}") },
        };
    }

    private async Task<GoogleReply> StoreAsync(string bucket, JsonObject description, string condition, byte[] content, string? checksum)
    {
        var key = description["name"]!.GetValue<string>();
        using var turn = await TurnAsync(bucket, key);
        if (!IsMet(bucket, key, condition))
        {
            return NotMet();
        }

        // The emulator makes generations of milliseconds.
        await Task.Delay(2);
        var boundary = Guid.NewGuid().ToString("N");
        var body = GoogleUpload.Format(boundary, description, content);
        var reply = await ForwardAsync(
            "POST", $"{Uploads}{bucket}/o?uploadType=multipart", body, $"multipart/related; boundary={boundary}", null);
        var facts = JsonNode.Parse(reply.Body)!;
        if (facts["crc32c"]!.GetValue<string>() == checksum)
        {
            _generations[$"{bucket}/{key}"] = facts["generation"]!.GetValue<string>();
            return reply;
        }

        _generations.TryRemove($"{bucket}/{key}", out _);

        await ForwardAsync("DELETE", $"/storage/v1/b/{bucket}/o/{Uri.EscapeDataString(key)}", null, null, null);
        return Error(400, "invalid", $"Provided CRC32C \"{checksum}\" doesn't match the calculated one.");
    }

    private async Task<GoogleReply> ListAsync(HttpContext context)
    {
        var all = await ForwardAsync("GET", $"{TargetOf(context).Replace("pageToken=", "skip=")}&maxResults=100000", null, null, null);
        var list = JsonNode.Parse(all.Body)!;
        var entries = (list["prefixes"]?.AsArray() ?? []).Concat(list["items"]?.AsArray() ?? []).Select(static entry => entry!.DeepClone())
            .OrderBy(
                static entry => entry is JsonObject item ? item["name"]!.GetValue<string>() : entry.GetValue<string>(),
                StringComparer.Ordinal)
            .ToList();
        _ = int.TryParse(context.Request.Query["pageToken"], out var start);
        var page = entries.Skip(start).Take(EntriesOfPage).ToList();
        var answer = new JsonObject { ["kind"] = "storage#objects" };
        if (start + page.Count < entries.Count)
        {
            answer["nextPageToken"] = (start + page.Count).ToString(CultureInfo.InvariantCulture);
        }

        Add("prefixes", page.Where(static entry => entry is JsonValue));
        Add("items", page.Where(static entry => entry is JsonObject));
        return new GoogleReply(200, Encoding.UTF8.GetBytes(answer.ToJsonString()));

        // What is empty is left out, as the service does it.
        void Add(string name, IEnumerable<JsonNode> some)
        {
            if (some.Any())
            {
                answer[name] = new JsonArray([.. some]);
            }
        }
    }

    // The answer to a question about an object that is missing is not that it is another one.
    private bool IsMet(string bucket, string key, string? condition)
        => string.IsNullOrEmpty(condition) || !_generations.TryGetValue($"{bucket}/{key}", out var generation) || generation == condition;

    private async Task<IDisposable> TurnAsync(string bucket, string key)
    {
        var gate = _objects.GetOrAdd($"{bucket}/{key}", static _ => new SemaphoreSlim(1));
        await gate.WaitAsync();
        return new Turn(gate);
    }

    private async Task<GoogleReply> ForwardAsync(string method, string target, byte[]? body, string? type, string? range)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_emulator, target));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("content-type", type);
        }

        if (!string.IsNullOrEmpty(range))
        {
            request.Headers.TryAddWithoutValidation("range", range);
        }

        using var response = await _client.SendAsync(request);
        var reply = new GoogleReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (name.StartsWith("x-goog-", StringComparison.OrdinalIgnoreCase) || name is "Content-Range" or "Content-Type")
            {
                reply.Headers[name] = string.Join(',', values);
            }
        }

        return reply;
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
