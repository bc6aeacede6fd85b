namespace Metaflow.ObjectStorage.Http;

/// <summary>There is no connection, and another attempt would not make one: a name that nobody has, a certificate that is not
/// trusted, a proxy that wants another password.</summary>
/// <param name="message">What happened.</param>
/// <param name="cause">What was thrown, or <see langword="null"/>.</param>
internal sealed class FinalConnectionException(string message, Exception? cause) : NoConnectionException(message, cause);
