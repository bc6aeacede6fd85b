using System.Net;
using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Channels;

/// <summary>The errors of channels. None of them shows a credential.</summary>
internal static class ChannelErrors
{
    /// <summary>Returns the error of a text that names no channel.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">Why: a sentence.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Unreadable(string text, string problem) => new(
        ErrorCodes.CondaChannelUnreadable,
        $"'{SecretText.Redact(text)}' does not name a channel of conda.",
        problem,
        "Write the name of a channel, its address (https:// or file://), or the path of a folder.");

    /// <summary>Returns the error of a channel that has packages for none of the platforms.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="platforms">The platforms.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Missing(CondaChannel channel, IEnumerable<string> platforms) => new(
        ErrorCodes.CondaChannelMissing,
        $"The channel '{channel.Name}' has no packages for {string.Join(" and ", platforms)}.",
        $"At '{channel.Url}' none of these folders has a file repodata.json, repodata.json.zst or repodata.json.bz2.",
        "Correct the name or the address of the channel. A channel that needs a password may answer as if it did not exist.");

    /// <summary>Returns the error of a list that the server does not give.</summary>
    /// <param name="address">The address.</param>
    /// <param name="status">What the server answered.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Refused(string address, HttpStatusCode status) => new(
        ErrorCodes.RepodataNotFetched,
        $"The list of packages at '{SecretText.Redact(address)}' cannot be fetched.",
        $"The server answers {(int)status} ({status}).",
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired
            ? "Give the user and the password, or the token, of the channel."
            : "Try again later, or ask whoever runs the server.")
    {
        IsTransient = (int)status is >= 500 or 408 or 429,
    };

    /// <summary>Returns the error of a list that did not arrive.</summary>
    /// <param name="address">The address.</param>
    /// <param name="error">What happened.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException NotFetched(string address, Exception error) => new(
        ErrorCodes.RepodataNotFetched,
        $"The list of packages at '{SecretText.Redact(address)}' cannot be fetched.",
        SecretText.Redact(error.Message),
        "Correct the address of the channel, or try again when the network works.",
        error)
    {
        IsTransient = true,
    };

    /// <summary>Returns the error of a list that is not on this machine and must not be fetched.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Offline(string address) => new(
        ErrorCodes.RepodataNotFetched,
        $"The list of packages at '{SecretText.Redact(address)}' is not on this machine.",
        "Nothing may be fetched, and the list was not fetched before.",
        "Resolve the environment once with a network.");

    /// <summary>Returns the error of a damaged list.</summary>
    /// <param name="address">The address.</param>
    /// <param name="problem">What is wrong: a sentence.</param>
    /// <param name="error">The cause, where there is one.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Damaged(string address, string problem, Exception? error = null) => new(
        ErrorCodes.RepodataDamaged,
        $"The list of packages at '{SecretText.Redact(address)}' is damaged.",
        problem,
        "Try again: the list may have been replaced while it was read. If it stays so, tell whoever keeps the channel to index it anew.",
        error);

    /// <summary>Returns the error of a folder for lists that cannot be written.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="error">What happened.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException NotKept(string folder, Exception error) => new(
        ErrorCodes.RepodataNotKept,
        $"The lists of the channels' packages cannot be kept in '{folder}'.",
        error.Message,
        "Make room there and let your user write there, or choose another folder.",
        error);
}
