using System.Globalization;
using System.Text.Json;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.ObjectStorage.Secrets;

/// <summary>A question to a service, which is made anew for each attempt, because it may be signed.</summary>
/// <param name="Address">The address.</param>
/// <param name="Request">The request.</param>
internal sealed record SecretQuestion(Uri Address, ObjectRequest Request);

/// <summary>Asks services that keep secrets, until they give an answer that counts.</summary>
/// <param name="secret">The secret, for errors.</param>
/// <param name="connections">Reach the service.</param>
/// <param name="time">The clock.</param>
internal sealed class SecretExchange(SecretReference secret, ConnectionPool connections, TimeProvider time)
{
    private const int MostTries = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks a service.</summary>
    /// <param name="ask">Makes the question.</param>
    /// <param name="mayPass">Whether an answer says that the same question may succeed later, beside those that say it by their
    /// status.</param>
    /// <param name="refused">Returns the error of an answer that is a refusal.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>An answer that has the secret.</returns>
    /// <exception cref="Errors.StepFailedException">MF3044: the service could not be reached, or had no time. Others: it refuses the
    /// question.</exception>
    public async ValueTask<ServiceReply> AskAsync(
        Func<ValueTask<SecretQuestion>> ask, Func<ServiceReply, bool> mayPass, Func<ServiceReply, Errors.StepFailedException> refused,
        CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var (address, request) = await ask().ConfigureAwait(false);
            string why;
            Exception? cause = null;
            try
            {
                var reply = await ServiceExchange.SendAsync(connections, address, request, cancellationToken).ConfigureAwait(false);
                if (!reply.MayPass && !mayPass(reply))
                {
                    return reply.Succeeded ? reply : throw refused(reply);
                }

                why = string.Create(CultureInfo.InvariantCulture, $"it answered {reply.Status}.");
            }
            catch (IOException error)
            {
                (why, cause) = (error.Message, error);
            }

            if (tries >= MostTries || cause is NoConnectionException { IsFinal: true })
            {
                throw SecretErrors.ServiceFailed(
                    secret,
                    string.Create(CultureInfo.InvariantCulture, $"The service at {address.Authority} failed {tries} times: {why}"),
                    isTransient: true,
                    cause);
            }

            await Task.Delay(FirstPause * tries, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads an answer that has the secret.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="reply">The answer.</param>
    /// <param name="read">Reads it.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="Errors.StepFailedException">MF3044: it is not such an answer.</exception>
    public T Read<T>(ServiceReply reply, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            if (read(document.RootElement) is { } found)
            {
                return found;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // What it says may be the secret.
        }

        throw SecretErrors.ServiceFailed(secret, "The service answered without a value that Metaflow can read.", isTransient: false);
    }

    /// <summary>Returns the error of an answer that nothing else explains.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="code">The code in it.</param>
    /// <param name="message">The message in it.</param>
    public Errors.StepFailedException Refused(ServiceReply reply, string code, string message) => SecretErrors.ServiceFailed(
        secret,
        string.Create(
            CultureInfo.InvariantCulture, $"The service answered {reply.Status} ({code}): {Transfer.ObjectErrors.Sentence(message)}"),
        isTransient: false);
}
