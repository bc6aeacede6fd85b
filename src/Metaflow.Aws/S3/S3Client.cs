using System.Globalization;
using Metaflow.Aws.Credentials;
using Metaflow.Aws.Http;
using Metaflow.Aws.Signing;
using Metaflow.Errors;

namespace Metaflow.Aws.S3;

/// <summary>Sends requests to S3, or to a server that speaks its protocol, until each has an answer that counts. Thread-safe.</summary>
/// <param name="bucket">The bucket of all requests.</param>
/// <param name="settings">How it is reached.</param>
/// <param name="credentials">Who sends the requests.</param>
/// <param name="connections">The connections.</param>
/// <param name="time">The clock.</param>
internal sealed class S3Client(
    string bucket, S3Settings settings, ICredentialSource credentials, ConnectionPool connections, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);
    private readonly SignatureV4 _signature = new("s3");
    private readonly SimultaneousWork _work = new(settings.Width, connections.Blocks);
    private string _region = settings.Region;
    private TimeSpan _clockOffset;

    /// <summary>Gets the bucket.</summary>
    public string Bucket => bucket;

    /// <summary>Gets a value indicating whether calls have ended when they return.</summary>
    public bool Blocks => connections.Blocks;

    /// <summary>Gets how it is reached.</summary>
    public S3Settings Settings => settings;

    /// <summary>Returns a request about an object, or about the bucket.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key; empty for the bucket.</param>
    public static ObjectRequest Request(string method, string key) => new(method, "/" + ObjectRequest.EncodePath(key));

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request; its path begins after the bucket.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>An answer that is a success, or says that something is missing (404), is there already (412) or is out of range (416).
    /// Its receiver disposes it.</returns>
    /// <exception cref="StorageException">The server refuses the request, or did not answer it (MF4004, MF4006, MF4007,
    /// MF4017).</exception>
    public async ValueTask<S3Answer> SendAsync(ObjectRequest request, string what, CancellationToken cancellationToken)
    {
        var isWrite = request.Method is not ("GET" or "HEAD");
        var isCorrected = false;
        for (var tries = 1; ; tries++)
        {
            string why;
            Exception? cause = null;
            try
            {
                var response = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
                if (response.Succeeded || response.Status is 412 or 416)
                {
                    return new S3Answer(response, IsRepeated: tries > 1 || response.WasSentBefore);
                }

                using (response)
                {
                    var problem = await S3Problem.ReadAsync(response, cancellationToken).ConfigureAwait(false);
                    if (problem is { Status: 404, Code: not "NoSuchBucket" })
                    {
                        return new S3Answer(Missing(), IsRepeated: tries > 1 || response.WasSentBefore) { Problem = problem };
                    }

                    if (!isCorrected && TryCorrect(problem, response))
                    {
                        isCorrected = true;
                        continue;
                    }

                    if (!problem.IsTransient)
                    {
                        throw S3Errors.Refused(what, bucket, problem, isWrite);
                    }

                    why = $"{problem.Status} {problem.Code}";
                }
            }
            catch (FinalConnectionException error)
            {
                throw S3Errors.Unreachable(
                    what, settings.PlaceOf(bucket, _region).Server.Authority, tries, error.Message, error, isWrite);
            }
            catch (Exception error) when (S3ObjectStream.IsBroken(error))
            {
                cancellationToken.ThrowIfCancellationRequested();
                (why, cause) = (error.Message, error);
            }

            if (tries > settings.Retries)
            {
                throw S3Errors.Unreachable(
                    what, settings.PlaceOf(bucket, _region).Server.Authority, tries, why, cause, isWrite);
            }

            await WaitAsync(PauseAfter(tries), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request, and reads the answer whole.</summary>
    /// <param name="request">The request; its path begins after the bucket.</param>
    /// <param name="what">What cannot be done when it fails, as a sentence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, as of <see cref="SendAsync"/>, and its body.</returns>
    public async ValueTask<S3WholeAnswer> SendAndReadAsync(
        ObjectRequest request, string what, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await SendAsync(request, what, cancellationToken).ConfigureAwait(false);
            using var response = answer.Response;
            try
            {
                var body = await response.ReadAsync(cancellationToken).ConfigureAwait(false);
                return new S3WholeAnswer(tries > 1 ? answer with { IsRepeated = true } : answer, body);
            }
            catch (Exception error) when (S3ObjectStream.IsBroken(error))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (tries > settings.Retries)
                {
                    throw S3Errors.Unreachable(what, bucket, tries, error.Message, error, request.Method is not ("GET" or "HEAD"));
                }

                await WaitAsync(PauseAfter(tries), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Does something for each index, for some of them at the same time.</summary>
    /// <param name="count">How many indexes there are.</param>
    /// <param name="act">Does it.</param>
    public Task EachAsync(int count, Func<int, ValueTask> act)
        => _work.RunAsync(count, act);

    private async ValueTask WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
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

    private static ObjectResponse Missing() => new(404, new Dictionary<string, string>(), Stream.Null);

    private static TimeSpan PauseAfter(int tries)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(tries - 1, 16));
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private async ValueTask<ObjectResponse> SendOnceAsync(ObjectRequest request, CancellationToken cancellationToken)
    {
        var region = _region;
        var (server, path) = settings.PlaceOf(bucket, region);
        var sent = request.At(path);
        var sender = await credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        _signature.Sign(sent, server.Authority, region, sender, time.GetUtcNow() + _clockOffset);
        return await connections.SendAsync(server, sent, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Learns from an answer where the bucket is, or what time it is there.</summary>
    private bool TryCorrect(S3Problem problem, ObjectResponse response)
    {
        if (problem.Region is { Length: > 0 } region && region != _region
            && (problem.Status is 301 or 307 || problem.Code is "AuthorizationHeaderMalformed" or "PermanentRedirect"))
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
}
