using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>A service that keeps objects, seen from one bucket of it: how it wants to be asked, and what its answers mean.
/// Thread-safe.</summary>
/// <remarks>Paths of requests begin after what <see cref="SendAsync"/> puts before them. Keys have no slash at their beginning.</remarks>
internal interface IObjectService
{
    /// <summary>Gets the bucket as sentences name it, such as <c>the bucket 'ours'</c>.</summary>
    string Place { get; }

    /// <summary>Gets the name of the server, with its port.</summary>
    string Server { get; }

    /// <summary>Gets a value indicating whether an answer with content has the metadata of the object in its head.</summary>
    bool SendsMetadataWithContent { get; }

    /// <summary>Gets how it lists and deletes uploads that were not completed; <see langword="null"/>, the default, for a service that
    /// deletes them by itself after some days.</summary>
    IUnfinishedUploads? Unfinished => null;

    /// <summary>Signs a request and sends it once.</summary>
    /// <param name="request">The request, which stays as it is.</param>
    /// <param name="connections">The connections.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<ObjectResponse> SendAsync(ObjectRequest request, ConnectionPool connections, CancellationToken cancellationToken);

    /// <summary>Reads a refusal.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    ServiceProblem ProblemOf(ObjectResponse response, byte[] body);

    /// <summary>Learns from a refusal how to ask better: where the bucket is, what time it is there.</summary>
    /// <param name="problem">The refusal.</param>
    /// <param name="response">The answer.</param>
    /// <returns>Whether the request will be another one now.</returns>
    bool TryLearn(ServiceProblem problem, ObjectResponse response);

    /// <summary>Returns the error of a refusal.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="problem">What the server said.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    StorageException Refused(string what, ServiceProblem problem, bool isWrite);

    /// <summary>Returns a request for the content of an object.</summary>
    /// <param name="key">The key.</param>
    ObjectRequest Get(string key);

    /// <summary>Returns a request for what there is to say about an object.</summary>
    /// <param name="key">The key.</param>
    ObjectRequest Look(string key);

    /// <summary>Returns a request that removes an object.</summary>
    /// <param name="key">The key.</param>
    ObjectRequest Delete(string key);

    /// <summary>Returns a request that stores an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="properties">What is kept beside them.</param>
    /// <param name="isCreation">Whether it fails where there is an object already.</param>
    ObjectRequest Put(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, bool isCreation);

    /// <summary>Begins an object that is sent in parts.</summary>
    /// <param name="client">Sends the requests.</param>
    /// <param name="key">The key.</param>
    /// <param name="properties">What is kept beside the bytes.</param>
    /// <param name="isCreation">Whether the end fails where there is an object already.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<ILargeObject> BeginAsync(
        ObjectClient client, string key, ObjectProperties properties, bool isCreation, CancellationToken cancellationToken);

    /// <summary>Returns a request for a page of a list.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="isRecursive">Whether objects below folders are listed, in place of the folders.</param>
    /// <param name="next">What the page before said; <see langword="null"/> for the first one.</param>
    ObjectRequest List(string prefix, bool isRecursive, string? next);

    /// <summary>Reads a page of a list.</summary>
    /// <param name="page">The body of the answer.</param>
    /// <param name="entries">Gets what is on the page.</param>
    /// <returns>What asks for the next page; <see langword="null"/> at the last one.</returns>
    /// <exception cref="UnexpectedAnswerException">It is not a complete page of a list.</exception>
    string? ReadList(byte[] page, List<ListedObject> entries);

    /// <summary>Returns what an answer to <see cref="Look"/> says.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    ObjectFacts FactsOf(ObjectResponse response, byte[] body);

    /// <summary>Returns what the head of an answer to <see cref="Get"/> says, if the service sends it there.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">The name of a text of the metadata.</param>
    string? MetadataOf(ObjectResponse response, string name);

    /// <summary>Returns what tells the content of an answer from that of a later object with the same key.</summary>
    /// <param name="response">An answer to <see cref="Get"/>.</param>
    string? VersionOf(ObjectResponse response);

    /// <summary>Gets what the names of headers begin with that only the service sends.</summary>
    string OwnHeaders { get; }

    /// <summary>Refuses a content that something between here and the service sent in its place, such as a page of a proxy. Without it,
    /// only the hash of a content would show that.</summary>
    /// <param name="response">A success of a request of <see cref="Get"/>.</param>
    /// <param name="body">Its body, as far as it was read.</param>
    /// <exception cref="UnexpectedAnswerException">It is not the service's.</exception>
    void RequireOwn(ObjectResponse response, byte[] body)
    {
        var isPage = response.Header("content-type")?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) is true;
        if (VersionOf(response) is null)
        {
            throw UnexpectedAnswerException.WithoutVersion("ETag");
        }

        // Pages may be objects of their own, and what other servers send has an ETag too.
        if (isPage && response.HeadersAfter(OwnHeaders).Count == 0)
        {
            throw UnexpectedAnswerException.Of($"An object with headers '{OwnHeaders}…'", body);
        }
    }

    /// <summary>Returns what tells the object that a request has stored from a later one with the same key.</summary>
    /// <param name="response">A success of a request that stores an object.</param>
    /// <param name="body">Its body.</param>
    /// <exception cref="UnexpectedAnswerException">It does not say it: it is not the service that answered.</exception>
    string StoredVersionOf(ObjectResponse response, byte[] body)
        => VersionOf(response) ?? throw UnexpectedAnswerException.WithoutVersion("ETag");

    /// <summary>Makes a request fail where there is another object now.</summary>
    /// <param name="request">A request of <see cref="Get"/> or <see cref="Look"/>.</param>
    /// <param name="version">What <see cref="VersionOf"/> said.</param>
    void Require(ObjectRequest request, string version);
}

/// <summary>An object on its way to a service in parts. Nobody sees it before <see cref="CompleteAsync"/> ends.</summary>
internal interface ILargeObject
{
    /// <summary>Gets a value indicating whether a part is sent only after the one before it has arrived.</summary>
    bool IsInOrder { get; }

    /// <summary>Sends a part.</summary>
    /// <param name="number">Its number; the first one is 1.</param>
    /// <param name="content">The bytes, which stay as they are until the call ends.</param>
    /// <param name="isLast">Whether no other follows. The last part may be announced too late: then none is.</param>
    /// <returns>What <see cref="CompleteAsync"/> wants to know about it.</returns>
    Task<string> SendAsync(int number, ReadOnlyMemory<byte> content, bool isLast);

    /// <summary>Makes the object visible.</summary>
    /// <param name="tags">What <see cref="SendAsync"/> returned, in order.</param>
    /// <returns>Whether it is there now as this call sent it; <see langword="false"/> where it should be created and there was one
    /// already, and where the service no longer has the parts.</returns>
    ValueTask<bool> CompleteAsync(string[] tags);

    /// <summary>Removes the parts that have arrived.</summary>
    ValueTask AbortAsync();
}
