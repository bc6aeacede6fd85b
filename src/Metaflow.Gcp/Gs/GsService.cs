using System.Text;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Gcp.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Gcp.Gs;

/// <summary>A bucket of Google Cloud Storage. Thread-safe.</summary>
/// <remarks>Source: the reference of the JSON API of Google Cloud Storage, version 1.</remarks>
/// <param name="bucket">The bucket of all requests.</param>
/// <param name="settings">How it is reached.</param>
/// <param name="tokens">Who sends the requests; <see langword="null"/> for nobody, as emulators want it.</param>
internal sealed class GsService(string bucket, GsSettings settings, ITokenSource? tokens) : IObjectService
{
    /// <summary>The type by which settings name stores here.</summary>
    public const string Type = "gs";

    /// <summary>The header of the service that has the checksums of an object.</summary>
    public const string ChecksumHeader = "x-goog-hash";

    private const string JsonType = "application/json; charset=UTF-8";

    private readonly ServerAddress _server = ServerAddress.Of(settings.Endpoint);
    private readonly string _base = settings.Endpoint.AbsolutePath.TrimEnd('/');

    /// <inheritdoc/>
    public string Place { get; } = $"the bucket '{bucket}'";

    /// <inheritdoc/>
    public string Server => _server.Authority;

    /// <inheritdoc/>
    public string OwnHeaders => "x-goog-";

    /// <inheritdoc/>
    public bool SendsMetadataWithContent => false;

    private string Objects => $"/storage/v1/b/{bucket}/o";

    private string Uploads => $"/upload/storage/v1/b/{bucket}/o";

    /// <inheritdoc/>
    public async ValueTask<ObjectResponse> SendAsync(
        ObjectRequest request, ConnectionPool connections, CancellationToken cancellationToken)
    {
        var sent = request.At(_base);
        sent.Headers["host"] = _server.Authority;
        if (tokens is not null)
        {
            var token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
            sent.Headers["authorization"] = $"Bearer {token.Text}";
            if (token.QuotaProject is { } project)
            {
                sent.Headers["x-goog-user-project"] = project;
            }
        }

        return await connections.SendAsync(_server, sent, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ServiceProblem ProblemOf(ObjectResponse response, byte[] body) => GsProblems.Of(response, body);

    /// <inheritdoc/>
    public bool TryLearn(ServiceProblem problem, ObjectResponse response) => problem.Status == 401 && tokens?.TryForget() == true;

    /// <inheritdoc/>
    public StorageException Refused(string what, ServiceProblem problem, bool isWrite)
        => GsErrors.Refused(what, bucket, problem, isWrite);

    /// <inheritdoc/>
    public ObjectRequest Get(string key)
    {
        var request = Request("GET", key);
        request.Query["alt"] = "media";
        return request;
    }

    /// <inheritdoc/>
    public ObjectRequest Look(string key)
    {
        var request = Request("GET", key);
        request.Query["fields"] = "size%2CtimeCreated%2Cgeneration%2CcontentType%2Cmetadata";
        return request;
    }

    /// <inheritdoc/>
    public ObjectRequest Delete(string key) => Request("DELETE", key);

    /// <inheritdoc/>
    public ObjectRequest Put(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, bool isCreation)
    {
        // A word that no content has by accident.
        var boundary = Guid.NewGuid().ToString("N");
        var head = Encoding.ASCII.GetBytes($"--{boundary}\r\ncontent-type: {JsonType}\r\n\r\n");
        var description = Description(key, properties, Checksum.Of(content.Span));
        var between = Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\ncontent-type: {properties.ContentType}\r\n\r\n");
        var end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        var body = new byte[head.Length + description.Length + between.Length + content.Length + end.Length];
        var position = 0;
        foreach (var part in (ReadOnlyMemory<byte>[])[head, description, between, content, end])
        {
            part.CopyTo(body.AsMemory(position));
            position += part.Length;
        }

        var request = Upload("multipart", isCreation, $"multipart/related; boundary={boundary}", body);
        request.Query["fields"] = "generation";
        return request;
    }

    /// <inheritdoc/>
    public async ValueTask<ILargeObject> BeginAsync(
        ObjectClient client, string key, ObjectProperties properties, bool isCreation, CancellationToken cancellationToken)
    {
        var request = Upload("resumable", isCreation, JsonType, Description(key, properties, checksum: null));
        request.Headers["x-upload-content-type"] = properties.ContentType;
        var what = ObjectWriter.CannotWrite(client, key);
        var answer = await client.SendAsync(request, what, cancellationToken).ConfigureAwait(false);
        answer.Response.Dispose();
        if (answer.Is(ProblemKind.Exists))
        {
            return new ResumableUpload(client, this, session: null, what, cancellationToken);
        }

        return answer.Problem is null && answer.Response.Header("location") is { } location
            && location.IndexOf('?', StringComparison.Ordinal) is > 0 and var query
                ? new ResumableUpload(client, this, location[(query + 1)..], what, cancellationToken)
                : throw Refused(
                    what, answer.Problem ?? ServiceProblem.Senseless(answer.Response, "It gave the upload no address."), isWrite: true);
    }

    /// <summary>Returns a request about an upload that has begun.</summary>
    /// <param name="method">The method.</param>
    /// <param name="session">The query of its address.</param>
    /// <param name="alsoGood">The status code of an answer that counts as a success too.</param>
    public ObjectRequest Session(string method, string session, int alsoGood)
    {
        var request = new ObjectRequest(method, Uploads) { AlsoGood = alsoGood };
        foreach (var pair in session.Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            request.Query[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return request;
    }

    /// <inheritdoc/>
    public ObjectRequest List(string prefix, bool isRecursive, string? next)
    {
        var request = new ObjectRequest("GET", Objects);
        request.Query["fields"] = "kind%2CnextPageToken%2Cprefixes%2Citems(name%2Csize%2CtimeCreated)";
        request.Query["prefix"] = ObjectRequest.Encode(prefix);
        if (!isRecursive)
        {
            request.Query["delimiter"] = "%2F";
        }

        if (next is not null)
        {
            request.Query["pageToken"] = ObjectRequest.Encode(next);
        }

        return request;
    }

    /// <inheritdoc/>
    public string? ReadList(byte[] page, List<ListedObject> entries) => GsAnswers.ReadList(page, entries);

    /// <inheritdoc/>
    public ObjectFacts FactsOf(ObjectResponse response, byte[] body) => GsAnswers.FactsOf(body);

    /// <inheritdoc/>
    public string? MetadataOf(ObjectResponse response, string name) => null;

    /// <inheritdoc/>
    public string? VersionOf(ObjectResponse response) => response.Header("x-goog-generation");

    /// <inheritdoc/>
    public string StoredVersionOf(ObjectResponse response, byte[] body) => GsAnswers.GenerationOf(body);

    /// <inheritdoc/>
    public void Require(ObjectRequest request, string version) => request.Query["ifGenerationMatch"] = version;

    private static byte[] Description(string key, ObjectProperties properties, string? checksum)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("name", key);
            writer.WriteString("contentType", properties.ContentType);
            if (checksum is not null)
            {
                writer.WriteString("crc32c", checksum);
            }

            writer.WriteStartObject("metadata");
            for (var i = 0; i < properties.Metadata.Count; i++)
            {
                writer.WriteString(properties.Metadata.NameAt(i), properties.Metadata.ValueAt(i));
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private ObjectRequest Request(string method, string key) => new(method, $"{Objects}/{ObjectRequest.Encode(key)}");

    private ObjectRequest Upload(string kind, bool isCreation, string contentType, byte[] body)
    {
        var request = new ObjectRequest("POST", Uploads) { Body = body };
        request.Query["uploadType"] = kind;
        request.Headers["content-type"] = contentType;
        if (isCreation)
        {
            request.Query["ifGenerationMatch"] = "0";
        }

        return request;
    }
}
