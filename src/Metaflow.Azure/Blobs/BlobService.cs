using System.Globalization;
using System.Security.Cryptography;
using Metaflow.Azure.Credentials;
using Metaflow.Azure.Signing;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Azure.Blobs;

/// <summary>A container of Azure Blob Storage. Thread-safe.</summary>
/// <remarks>Source: the REST API reference of Azure Storage.</remarks>
/// <param name="container">The container of all requests.</param>
/// <param name="account">The account that has it.</param>
/// <param name="authorization">Proves who sends the requests.</param>
/// <param name="time">The clock.</param>
internal sealed class BlobService(string container, StorageAccount account, IAuthorization authorization, TimeProvider time)
    : IObjectService
{
    /// <summary>The type by which settings name stores here.</summary>
    public const string Type = "azure";

    /// <summary>All clouds and emulators have it, and it says in which form names are in lists.</summary>
    private const string Version = "2021-12-02";

    private const string MetadataPrefix = "x-ms-meta-";

    /// <summary>The server accepts a clock that is wrong by up to 15 minutes.</summary>
    private static readonly TimeSpan LargestOffset = TimeSpan.FromMinutes(10);

    private readonly string _path = $"{account.Endpoint.AbsolutePath.TrimEnd('/')}/{container}";
    private TimeSpan _clockOffset;

    /// <inheritdoc/>
    public string Place { get; } = $"the container '{container}'";

    /// <inheritdoc/>
    public string Server => account.Server.Authority;

    /// <inheritdoc/>
    public string OwnHeaders => "x-ms-";

    /// <inheritdoc/>
    public bool SendsMetadataWithContent => true;

    /// <inheritdoc/>
    public async ValueTask<ObjectResponse> SendAsync(
        ObjectRequest request, ConnectionPool connections, CancellationToken cancellationToken)
    {
        var sent = request.At(_path);
        sent.Headers["host"] = account.Server.Authority;
        sent.Headers["x-ms-version"] = Version;
        sent.Headers["x-ms-date"] = (time.GetUtcNow() + _clockOffset).ToString("R", CultureInfo.InvariantCulture);
        if (sent.Body.Length > 0)
        {
#pragma warning disable CA5351 // The server checks with it that the bytes came as they were sent.
            sent.Headers["content-md5"] = Convert.ToBase64String(MD5.HashData(sent.Body.Span));
#pragma warning restore CA5351
        }

        await authorization.AddAsync(sent, cancellationToken).ConfigureAwait(false);
        return await connections.SendAsync(account.Server, sent, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ServiceProblem ProblemOf(ObjectResponse response, byte[] body) => BlobProblems.Of(response, body);

    /// <inheritdoc/>
    public bool TryLearn(ServiceProblem problem, ObjectResponse response)
    {
        if (problem.Status == 401)
        {
            return authorization.TryRenew();
        }

        if (problem.Code != "AuthenticationFailed" || !DateTimeOffset.TryParse(
            response.Header("date"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var there))
        {
            return false;
        }

        // That the clock is wrong has no code of its own.
        var offset = there - time.GetUtcNow();
        var isNew = (offset - _clockOffset).Duration() > LargestOffset;
        _clockOffset = isNew ? offset : _clockOffset;
        return isNew;
    }

    /// <inheritdoc/>
    public StorageException Refused(string what, ServiceProblem problem, bool isWrite)
        => BlobErrors.Refused(what, container, authorization.Origin, problem, isWrite);

    /// <inheritdoc/>
    public ObjectRequest Get(string key) => Request("GET", key);

    /// <inheritdoc/>
    public ObjectRequest Look(string key) => Request("HEAD", key);

    /// <inheritdoc/>
    public ObjectRequest Delete(string key)
    {
        var request = Request("DELETE", key);
        request.Headers["x-ms-delete-snapshots"] = "include";
        return request;
    }

    /// <inheritdoc/>
    public ObjectRequest Put(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, bool isCreation)
    {
        var request = Creation(key, properties, isCreation);
        request.Headers["x-ms-blob-type"] = "BlockBlob";
        request.Body = content;
        return request;
    }

    /// <inheritdoc/>
    public ValueTask<ILargeObject> BeginAsync(
        ObjectClient client, string key, ObjectProperties properties, bool isCreation, CancellationToken cancellationToken)
        => ValueTask.FromResult<ILargeObject>(new BlocksOfBlob(client, key, properties, isCreation, cancellationToken));

    /// <inheritdoc/>
    public ObjectRequest List(string prefix, bool isRecursive, string? next)
    {
        var request = new ObjectRequest("GET", "");
        request.Query["restype"] = "container";
        request.Query["comp"] = "list";
        request.Query["prefix"] = ObjectRequest.Encode(prefix);
        if (!isRecursive)
        {
            request.Query["delimiter"] = "%2F";
        }

        if (next is not null)
        {
            request.Query["marker"] = ObjectRequest.Encode(next);
        }

        return request;
    }

    /// <inheritdoc/>
    public string? ReadList(byte[] page, List<ListedObject> entries)
    {
        string? next = null;
        var xml = XmlTexts.WholeOf(page, "EnumerationResults");
        while (xml.Next("Blob", "BlobPrefix", "NextMarker") is var (name, text))
        {
            switch (name)
            {
                case "NextMarker":
                    next = text.Length == 0 ? null : XmlTexts.Decoded(text);
                    break;
                case "BlobPrefix":
                    entries.Add(new ListedObject(NameIn(text), isFolder: true));
                    break;
                default:
                    // Accounts with a hierarchy of names list folders too.
                    var entry = new XmlTexts(text);
                    if (entry.First("ResourceType") != "directory")
                    {
                        entries.Add(new ListedObject(
                            NameIn(text), isFolder: false, entry.First("Content-Length"), entry.First("Last-Modified")));
                    }

                    break;
            }
        }

        return next;
    }

    /// <inheritdoc/>
    public ObjectFacts FactsOf(ObjectResponse response, byte[] body)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in response.HeadersAfter(MetadataPrefix))
        {
            metadata[name.Replace('_', '-')] = value;
        }

        return new ObjectFacts(response.Length ?? 0, ObjectFacts.TimeOf(response.Header("last-modified")), metadata)
        {
            Version = VersionOf(response),
            ContentType = response.Header("content-type"),
        };
    }

    /// <inheritdoc/>
    public string? MetadataOf(ObjectResponse response, string name) => response.Header(MetadataName(name));

    /// <inheritdoc/>
    public string? VersionOf(ObjectResponse response) => response.Header("etag");

    /// <inheritdoc/>
    public void Require(ObjectRequest request, string version) => request.Headers["if-match"] = version;

    /// <summary>Returns a request about a blob.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">Its name.</param>
    public static ObjectRequest Request(string method, string key) => new(method, "/" + ObjectRequest.EncodePath(key));

    /// <summary>Returns a request that makes a blob.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="properties">What is kept beside the bytes.</param>
    /// <param name="isCreation">Whether it fails where there is a blob already.</param>
    public static ObjectRequest Creation(string key, ObjectProperties properties, bool isCreation)
    {
        var request = Request("PUT", key);
        request.Headers["x-ms-blob-content-type"] = properties.ContentType;
        for (var i = 0; i < properties.Metadata.Count; i++)
        {
            request.Headers[MetadataName(properties.Metadata.NameAt(i))] = properties.Metadata.ValueAt(i);
        }

        if (isCreation)
        {
            request.Headers["if-none-match"] = "*";
        }

        return request;
    }

    // Azure takes only names that C# would take, and Python Metaflow writes underscores too.
    private static string MetadataName(string name) => MetadataPrefix + name.Replace('-', '_');

    // A name that XML cannot have is encoded.
    private static string NameIn(string xml)
        => new XmlTexts(xml).First("Name") ?? Uri.UnescapeDataString(new XmlTexts(
            xml.Replace("<Name Encoded=\"true\">", "<Name>", StringComparison.Ordinal)).First("Name")
                ?? throw new UnexpectedAnswerException("An entry of the list has no 'Name'."));
}
