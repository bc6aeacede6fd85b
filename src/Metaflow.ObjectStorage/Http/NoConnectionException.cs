namespace Metaflow.ObjectStorage.Http;

/// <summary>There is no connection to a server.</summary>
/// <param name="message">What happened.</param>
/// <param name="cause">What was thrown.</param>
internal class NoConnectionException(string message, Exception cause) : IOException(message, cause);
