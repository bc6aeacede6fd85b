namespace Metaflow.ObjectStorage.Http;

/// <summary>There is no connection to a server.</summary>
/// <param name="message">What happened.</param>
/// <param name="cause">What was thrown, or <see langword="null"/>.</param>
internal class NoConnectionException(string message, Exception? cause) : IOException(message, cause)
{
    /// <summary>Gets the variable that names the proxy which makes no connection; <see langword="null"/> without a proxy.</summary>
    public string? Setting { get; init; }
}
