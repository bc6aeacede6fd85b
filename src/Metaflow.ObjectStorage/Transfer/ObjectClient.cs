using Metaflow.ObjectStorage.Http;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>Sends requests about the objects of a bucket, until each has an answer that counts. Thread-safe.</summary>
/// <param name="service">The service that has the bucket.</param>
/// <param name="settings">How requests are sent.</param>
/// <param name="connections">The connections.</param>
/// <param name="time">The clock.</param>
internal sealed class ObjectClient(IObjectService service, TransferSettings settings, ConnectionPool connections, TimeProvider time)
{
    /// <summary>How often a request is sent again whose answers are not those of the service: that a proxy answers in its place rarely
    /// passes.</summary>
    private const int MostRetriesAfterUnexpected = 8;

    private readonly SimultaneousWork _work = new(settings.Width, connections.Blocks);

    /// <summary>Gets the service.</summary>
    public IObjectService Service => service;

    /// <summary>Gets a value indicating whether calls have ended when they return.</summary>
    public bool Blocks => connections.Blocks;

    /// <summary>Gets how requests are sent.</summary>
    public TransferSettings Settings => settings;

    /// <summary>Returns true if an error says that a connection broke.</summary>
    /// <param name="error">The error.</param>
    public static bool IsBroken(Exception error) => error is IOException or ObjectDisposedException or System.Net.Sockets.SocketException;

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>An answer that is a success, or says that something is missing, is there already or is out of range. Its receiver disposes
    /// it.</returns>
    /// <exception cref="Errors.StorageException">The server refuses the request, or did not answer it (MF4004, MF4006, MF4007,
    /// MF4017).</exception>
    public async ValueTask<ObjectAnswer> SendAsync(ObjectRequest request, string what, CancellationToken cancellationToken)
    {
        var isCorrected = false;
        var tries = TriesOf(what);
        while (true)
        {
            string why;
            Exception? cause = null;
            try
            {
                var response = await service.SendAsync(request, connections, cancellationToken).ConfigureAwait(false);
                var isRepeated = tries.Count > 1 || response.WasSentBefore;
                if (response.Succeeded || response.Status == request.AlsoGood)
                {
                    tries.NoteAnswer();
                    return new ObjectAnswer(response, isRepeated);
                }

                using (response)
                {
                    var body = await ServiceProblem.BodyOfAsync(response, cancellationToken).ConfigureAwait(false);
                    var problem = service.ProblemOf(response, body);
                    if (!isCorrected && service.TryLearn(problem, response))
                    {
                        isCorrected = true;
                        continue;
                    }

                    if (problem.Kind is not ProblemKind.Transient)
                    {
                        tries.NoteAnswer();
                        return problem.Kind is ProblemKind.Refused ? throw service.Refused(what, problem, request.IsWrite)
                            : new ObjectAnswer(response, isRepeated) { Problem = problem };
                    }

                    why = $"{problem.Status} {problem.Code}";
                }
            }
            catch (Exception error) when (IsBroken(error))
            {
                cancellationToken.ThrowIfCancellationRequested();
                (why, cause) = (error.Message, error);
            }

            await WaitOrThrowAsync(tries, why, cause, request.IsWrite, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request, and reads the answer whole.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, as of <see cref="SendAsync"/>, and its body.</returns>
    public ValueTask<WholeAnswer> SendAndReadAsync(ObjectRequest request, string what, CancellationToken cancellationToken)
        => SendAndReadAsync(request, what, static (_, _) => { }, cancellationToken);

    /// <summary>Sends a request, reads the answer whole, and believes it only if it is what the service sends.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="check">Throws <see cref="UnexpectedAnswerException"/> for a success that is not the service's, with its body: then the
    /// request is sent again, as after a connection that broke.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, as of <see cref="SendAsync"/>, and its body.</returns>
    public async ValueTask<WholeAnswer> SendAndReadAsync(
        ObjectRequest request, string what, Action<ObjectResponse, byte[]> check, CancellationToken cancellationToken)
    {
        var tries = TriesOf(what);
        while (true)
        {
            var answer = await SendAsync(request, what, cancellationToken).ConfigureAwait(false);
            using var response = answer.Response;
            try
            {
                // The length of an answer to HEAD is that of the object.
                var hasBody = response.Succeeded && request.Method != "HEAD";
                var body = hasBody ? await response.ReadAsync(cancellationToken).ConfigureAwait(false) : [];
                if (response.Succeeded)
                {
                    check(response, body);
                }

                tries.NoteAnswer();
                return new WholeAnswer(tries.Count > 1 ? answer with { IsRepeated = true } : answer, body);
            }
            catch (Exception error) when (IsBroken(error))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WaitAfterUnexpectedAsync(request, response, what, tries, error, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends a request for the content of an object, and believes the answer only if the service sent it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, as of <see cref="SendAsync"/>. Its body has not been read.</returns>
    public async ValueTask<ObjectAnswer> GetAsync(ObjectRequest request, string what, CancellationToken cancellationToken)
    {
        var tries = TriesOf(what);
        while (true)
        {
            var answer = await SendAsync(request, what, cancellationToken).ConfigureAwait(false);
            try
            {
                if (answer.Succeeded)
                {
                    service.RequireOwn(answer.Response, []);
                }

                return answer;
            }
            catch (UnexpectedAnswerException error)
            {
                answer.Response.Dispose();
                await WaitAfterUnexpectedAsync(request, answer.Response, what, tries, error, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends a request that stores an object or a part of one, and believes its success only if the service names the version
    /// that it stored.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, as of <see cref="SendAsync"/>. It has been read.</returns>
    public async ValueTask<ObjectAnswer> StoreAsync(ObjectRequest request, string what, CancellationToken cancellationToken)
    {
        var (answer, _) = await SendAndReadAsync(
            request, what, (response, body) => _ = service.StoredVersionOf(response, body), cancellationToken).ConfigureAwait(false);
        return answer;
    }

    /// <summary>Returns what the service says about an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The facts; <see langword="null"/> when there is no such object.</returns>
    public ValueTask<ObjectFacts?> LookAsync(string key, string what, CancellationToken cancellationToken)
        => LookAsync(service.Look(key), what, cancellationToken);

    /// <summary>Returns what the service says about an object.</summary>
    /// <param name="request">The request, which may have conditions.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The facts; <see langword="null"/> when there is no such object.</returns>
    public async ValueTask<ObjectFacts?> LookAsync(ObjectRequest request, string what, CancellationToken cancellationToken)
    {
        ObjectFacts? facts = null;
        await SendAndReadAsync(
            request,
            what,
            (response, body) =>
            {
                // To believe anybody that an object is there would leave it unwritten.
                var found = service.FactsOf(response, body);
                facts = found.Version is null ? throw UnexpectedAnswerException.WithoutVersion("ETag") : found;
            },
            cancellationToken).ConfigureAwait(false);
        return facts;
    }

    /// <summary>Removes an object, if it is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask DeleteAsync(string key, string what, CancellationToken cancellationToken)
        => (await SendAsync(service.Delete(key), what, cancellationToken).ConfigureAwait(false)).Response.Dispose();

    /// <summary>Returns all entries of a list.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="isRecursive">Whether objects below folders are listed, in place of the folders.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public ValueTask<List<ListedObject>> ListAsync(string prefix, bool isRecursive, CancellationToken cancellationToken)
        => ReadPagesAsync<ListedObject>(
            next => service.List(prefix, isRecursive, next),
            service.ReadList,
            $"The folder '{prefix}' of {service.Place} could not be listed.",
            cancellationToken);

    /// <summary>Returns all uploads in parts that were begun and not completed.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The uploads, with keys for paths; none for a service that deletes them by itself.</returns>
    public ValueTask<List<UnfinishedObject>> ListUnfinishedAsync(string prefix, CancellationToken cancellationToken)
        => service.Unfinished is not { } unfinished
            ? ValueTask.FromResult<List<UnfinishedObject>>([])
            : ReadPagesAsync<UnfinishedObject>(
                next => unfinished.List(prefix, next),
                unfinished.ReadList,
                $"The unfinished uploads below '{prefix}' of {service.Place} could not be listed.",
                cancellationToken);

    /// <summary>Does something for each index, for some of them at the same time.</summary>
    /// <param name="count">How many indexes there are.</param>
    /// <param name="act">Does it.</param>
    public Task EachAsync(int count, Func<int, ValueTask> act) => _work.RunAsync(count, act);

    /// <summary>Closes the connections. Calls that are still under way fail.</summary>
    public void Close() => connections.Dispose();

    /// <summary>Returns the tries of a request that is sent by several calls, as its answers break in the middle.</summary>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    public RequestTries TriesOf(string what) => new(service, settings, what, isPatient: connections.Blocks, time);

    /// <summary>Waits before a request is sent again.</summary>
    /// <param name="pause">How long.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (!connections.Blocks)
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
        else if (cancellationToken.WaitHandle.WaitOne(pause))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async ValueTask WaitAfterUnexpectedAsync(
        ObjectRequest request, ObjectResponse response, string what, RequestTries tries, Exception error,
        CancellationToken cancellationToken)
    {
        if (error is UnexpectedAnswerException && tries.Count > Math.Min(settings.Retries, MostRetriesAfterUnexpected))
        {
            throw ObjectErrors.Unexpected(what, service.Server, response.Status, tries.Count, error, request.IsWrite);
        }

        await WaitOrThrowAsync(tries, error.Message, error, request.IsWrite, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits before a request is sent again.</summary>
    /// <param name="tries">Its tries.</param>
    /// <param name="why">Why it is sent again.</param>
    /// <param name="cause">What was thrown, or <see langword="null"/>.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Errors.StorageException">It was sent often enough (MF4004, MF4006).</exception>
    public async ValueTask WaitOrThrowAsync(
        RequestTries tries, string why, Exception? cause, bool isWrite, CancellationToken cancellationToken)
    {
        if (tries.FinalError(why, cause, isWrite) is { } final)
        {
            throw final;
        }

        await WaitAsync(tries.NextPause(why), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads all pages of a list. One that lacks entries makes its reader take objects for missing, and delete what they
    /// need: so a page counts only if it is complete.</summary>
    private async ValueTask<List<T>> ReadPagesAsync<T>(
        Func<string?, ObjectRequest> request, Func<byte[], List<T>, string?> read, string what, CancellationToken cancellationToken)
    {
        var entries = new List<T>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? next = null;
        do
        {
            var count = entries.Count;
            string? following = null;
            var (answer, _) = await SendAndReadAsync(
                request(next),
                what,
                (_, page) =>
                {
                    // A page that was found incomplete at its end is read anew.
                    entries.RemoveRange(count, entries.Count - count);
                    following = read(page, entries);
                    if (following is not null && seen.Contains(following))
                    {
                        throw new UnexpectedAnswerException("The list does not end: it names a page as the next that was read already.");
                    }
                },
                cancellationToken).ConfigureAwait(false);
            if (answer.Problem is { } problem)
            {
                throw service.Refused(what, problem, isWrite: false);
            }

            next = following;
            seen.Add(next ?? "");
        }
        while (next is not null);
        return entries;
    }
}
