using System.Globalization;
using Metaflow.Aws.Credentials;
using Metaflow.Aws.Signing;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Aws.S3;

/// <summary>A bucket of S3, or of a server that speaks its protocol. Thread-safe.</summary>
/// <remarks>Source: the API reference of Amazon S3.</remarks>
/// <param name="bucket">The bucket of all requests.</param>
/// <param name="settings">How it is reached.</param>
/// <param name="credentials">Who sends the requests.</param>
/// <param name="time">The clock.</param>
internal sealed class S3Service(string bucket, S3Settings settings, ICredentialSource credentials, TimeProvider time) : IObjectService
{
    /// <summary>The type by which settings name stores here.</summary>
    public const string Type = "s3";

    private const string MetadataPrefix = "x-amz-meta-";
    private readonly SignatureV4 _signature = new(Type);
    private string _region = settings.Region;
    private TimeSpan _clockOffset;

    /// <inheritdoc/>
    public string Place { get; } = $"the bucket '{bucket}'";

    /// <inheritdoc/>
    public string Server => settings.PlaceOf(bucket, _region).Server.Authority;

    /// <inheritdoc/>
    public string OwnHeaders => "x-amz";

    /// <inheritdoc/>
    public bool SendsMetadataWithContent => true;

    /// <inheritdoc/>
    public IUnfinishedUploads? Unfinished { get; } = new S3Uploads();

    /// <inheritdoc/>
    public async ValueTask<ObjectResponse> SendAsync(
        ObjectRequest request, ConnectionPool connections, CancellationToken cancellationToken)
    {
        var region = _region;
        var (server, path) = settings.PlaceOf(bucket, region);
        var sent = request.At(path);
        var sender = await credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        _signature.Sign(sent, server.Authority, region, sender, time.GetUtcNow() + _clockOffset);
        return await connections.SendAsync(server, sent, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ServiceProblem ProblemOf(ObjectResponse response, byte[] body) => S3Problems.Of(response, body);

    /// <inheritdoc/>
    public bool TryLearn(ServiceProblem problem, ObjectResponse response)
    {
        if (problem.Region is { Length: > 0 } region && region != _region
            && (problem.Status is 301 or 307 or 400 || problem.Code is "AuthorizationHeaderMalformed" or "PermanentRedirect"))
        {
            _region = region;
            return true;
        }

        if (problem.Code == "RequestTimeTooSkewed" && DateTimeOffset.TryParse(
            response.Header("date"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var there))
        {
            _clockOffset = there - time.GetUtcNow();
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public StorageException Refused(string what, ServiceProblem problem, bool isWrite)
        => S3Errors.Refused(what, bucket, problem, isWrite);

    /// <inheritdoc/>
    public ObjectRequest Get(string key) => Request("GET", key);

    /// <inheritdoc/>
    public ObjectRequest Look(string key) => Request("HEAD", key);

    /// <inheritdoc/>
    public ObjectRequest Delete(string key) => Request("DELETE", key);

    /// <inheritdoc/>
    public ObjectRequest Put(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, bool isCreation)
    {
        var request = Creation("PUT", key, properties);
        request.Body = content;
        if (isCreation)
        {
            request.Headers["if-none-match"] = "*";
        }

        return request;
    }

    /// <inheritdoc/>
    public async ValueTask<ILargeObject> BeginAsync(
        ObjectClient client, string key, ObjectProperties properties, bool isCreation, CancellationToken cancellationToken)
    {
        var request = Creation("POST", key, properties);
        request.Query["uploads"] = "";
        var what = ObjectWriter.CannotWrite(client, key);
        var (answer, body) = await client.SendAndReadAsync(
            request, what, static (_, body) => XmlTexts.WholeOf(body, "InitiateMultipartUploadResult"), cancellationToken)
            .ConfigureAwait(false);
        var id = answer.Problem is null ? XmlTexts.Of(body).First("UploadId") : null;
        return id is null
            ? throw Refused(what, answer.Problem ?? ServiceProblem.Senseless(answer.Response, "It gave the upload no id."), isWrite: true)
            : new S3LargeObject(client, this, key, id, isCreation, cancellationToken);
    }

    /// <inheritdoc/>
    public ObjectRequest List(string prefix, bool isRecursive, string? next)
    {
        var request = Request("GET", "");
        request.Query["list-type"] = "2";
        request.Query["encoding-type"] = "url";
        request.Query["prefix"] = ObjectRequest.Encode(prefix);
        if (!isRecursive)
        {
            request.Query["delimiter"] = "%2F";
        }

        if (next is not null)
        {
            request.Query["continuation-token"] = ObjectRequest.Encode(next);
        }

        return request;
    }

    /// <inheritdoc/>
    public string? ReadList(byte[] page, List<ListedObject> entries)
    {
        string? next = null;
        var xml = XmlTexts.WholeOf(page, "ListBucketResult");
        while (xml.Next("Contents", "CommonPrefixes", "NextContinuationToken") is var (name, text))
        {
            switch (name)
            {
                case "NextContinuationToken":
                    next = XmlTexts.Decoded(text);
                    break;
                case "CommonPrefixes":
                    entries.Add(new ListedObject(KeyIn(text, "Prefix"), isFolder: true));
                    break;
                default:
                    var entry = new XmlTexts(text);
                    entries.Add(new ListedObject(
                        KeyIn(text, "Key"), isFolder: false, entry.First("Size"), entry.First("LastModified")));
                    break;
            }
        }

        return next is null && xml.First("IsTruncated") == "true" ? throw WithoutNextPage() : next;
    }

    /// <inheritdoc/>
    public ObjectFacts FactsOf(ObjectResponse response, byte[] body)
        => new(response.Length ?? 0, ObjectFacts.TimeOf(response.Header("last-modified")), response.HeadersAfter(MetadataPrefix))
        {
            Version = VersionOf(response),
            ContentType = response.Header("content-type"),
        };

    /// <inheritdoc/>
    public string? MetadataOf(ObjectResponse response, string name) => response.Header(MetadataPrefix + name);

    /// <inheritdoc/>
    public string? VersionOf(ObjectResponse response) => response.Header("etag");

    /// <inheritdoc/>
    public void Require(ObjectRequest request, string version) => request.Headers["if-match"] = version;

    /// <summary>Returns a request about an object, or about the bucket.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key; empty for the bucket.</param>
    public static ObjectRequest Request(string method, string key) => new(method, "/" + ObjectRequest.EncodePath(key));

    private ObjectRequest Creation(string method, string key, ObjectProperties properties)
    {
        var request = Request(method, key);
        request.Headers["content-type"] = properties.ContentType;
        for (var i = 0; i < properties.Metadata.Count; i++)
        {
            request.Headers[MetadataPrefix + properties.Metadata.NameAt(i)] = properties.Metadata.ValueAt(i);
        }

        if (settings.Encryption is { } encryption)
        {
            request.Headers["x-amz-server-side-encryption"] = encryption;
        }

        return request;
    }

    /// <summary>Returns the key that an element has, in an answer whose keys are encoded.</summary>
    /// <param name="xml">The element around it.</param>
    /// <param name="name">The name of the element.</param>
    /// <exception cref="UnexpectedAnswerException">The element is not there.</exception>
    public static string KeyIn(string xml, string name)
        => DecodedKey(new XmlTexts(xml).First(name) ?? throw new UnexpectedAnswerException($"An entry of the list has no '{name}'."));

    /// <summary>Returns the exception of a page that says that others follow, but not how to ask for them.</summary>
    public static UnexpectedAnswerException WithoutNextPage()
        => new("The list goes on, but the page does not say how to ask for the next one.");

    /// <summary>Returns a key as it is.</summary>
    /// <param name="text">The key as it is encoded.</param>
    public static string DecodedKey(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
