using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>The errors of stores of objects, whichever service has them.</summary>
internal static class ObjectErrors
{
    /// <summary>Returns the error of a server that could not be reached, or had no time however often it was asked.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="server">The server.</param>
    /// <param name="tries">How often it was asked.</param>
    /// <param name="why">What happened the last time.</param>
    /// <param name="cause">What was thrown then.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    /// <param name="suspect">What is probably wrong, and the setting that says it; <see langword="null"/> if nobody knows.</param>
    public static StorageException Unreachable(
        string what, string server, int tries, string why, Exception? cause, bool isWrite, string? suspect = null)
        => new(
            isWrite ? ErrorCodes.StorageWriteFailed : ErrorCodes.StorageReadFailed,
            what,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The server {server} failed {tries} {(tries == 1 ? "time" : "times")}, the last time with: {Sentence(why)}"),
            suspect is null ? "Check the network and the server, then run the command again. 'resume' reuses what is done."
                : $"Check {suspect}, the network and the server. Then run the command again.",
            cause)
        { IsTransient = true };

    /// <summary>Returns the error of answers that say that a request succeeded, but are not those of the service.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="server">The server.</param>
    /// <param name="status">The status code of the last answer.</param>
    /// <param name="tries">How often it was asked.</param>
    /// <param name="cause">What is wrong with the last answer.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    public static StorageException Unexpected(string what, string server, int status, int tries, Exception cause, bool isWrite) => new(
        isWrite ? ErrorCodes.StorageWriteFailed : ErrorCodes.StorageReadFailed,
        what,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The server {server} was asked {tries} times. Its last answer, {status}, is not the service's: {Sentence(cause.Message)}"),
        "Check the address of the service in the settings, and whether a proxy or a gateway answers in its place or cuts its answers. "
            + "Then run the command again.",
        cause)
    { IsTransient = true };

    /// <summary>Returns the error of an object that another process replaced while it was read.</summary>
    /// <param name="key">The object.</param>
    public static StorageException Replaced(string key) => new(
        ErrorCodes.StorageReadFailed,
        $"The object '{key}' could not be read to its end.",
        "Another process replaced it in the meantime.",
        "Read it again.")
    { IsTransient = true };

    /// <summary>Returns the error of an object whose parts the server no longer has.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    public static StorageException PartsLost(string what) => new(
        ErrorCodes.StorageWriteFailed,
        what,
        "The server no longer has the parts that were sent: another process wrote or removed the object in the meantime.",
        "Run the command again. 'resume' reuses what is done.")
    { IsTransient = true };

    /// <summary>Returns the error of a bucket that is not there.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="place">The bucket, such as <c>the bucket 'ours'</c>.</param>
    /// <param name="setting">The setting that names it.</param>
    public static StorageException PlaceMissing(string what, string place, string setting) => new(
        ErrorCodes.BucketMissing,
        what,
        $"The server does not have {place}.",
        $"Create it, or correct its name {WhereItIsGiven(setting)}");

    /// <summary>Returns where an address may be given, as the end of a sentence. Which of these it is, the user alone knows.</summary>
    /// <param name="setting">The setting of the root of datastores.</param>
    public static string WhereItIsGiven(string setting)
        => $"where you give it: in {setting}, or in an option such as --datastore-root, --to or --root.";

    /// <summary>Returns the error of a refusal that nothing else explains.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="problem">What the server said.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    public static StorageException Refused(string what, ServiceProblem problem, bool isWrite) => new(
        isWrite ? ErrorCodes.StorageWriteFailed : ErrorCodes.StorageReadFailed,
        what,
        string.Create(
            CultureInfo.InvariantCulture, $"The server answered {problem.Status} ({problem.Code}): {Sentence(problem.Message)}"),
        "Look the code up in the documentation of the server. If a setting causes it, correct the setting.");

    /// <summary>Returns the error of credentials that are not good for something.</summary>
    /// <param name="what">What could not be done, as a sentence.</param>
    /// <param name="why">Why they are not, as a sentence.</param>
    /// <param name="fix">How to get good ones, as a sentence.</param>
    public static StorageException NoPermission(string what, string why, string fix)
        => new(ErrorCodes.StorageNoPermission, what, why, fix);

    /// <summary>Returns what a server said as a sentence.</summary>
    /// <param name="text">What it said.</param>
    public static string Sentence(string text)
        => text.Length == 0 ? "It gave no reason." : text[^1] is '.' or '!' or '?' ? text : text + ".";
}
