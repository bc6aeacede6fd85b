namespace Metaflow.ObjectStorage.Http;

/// <summary>There is no connection to a server.</summary>
/// <param name="message">What happened.</param>
/// <param name="cause">What was thrown, or <see langword="null"/>.</param>
internal sealed class NoConnectionException(string message, Exception? cause) : IOException(message, cause)
{
    /// <summary>Gets a value indicating whether another attempt would not make one: a name that nobody has, a certificate that is not
    /// trusted, a proxy that wants another password.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Gets the variable that names the proxy which makes no connection; <see langword="null"/> without a proxy.</summary>
    public string? Setting { get; init; }
}
