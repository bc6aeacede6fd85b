namespace Metaflow.Python.Tests.Channels;

/// <summary>Packages of Debian cannot be had on this machine.</summary>
/// <param name="message">Why not.</param>
internal sealed class DebianUnavailableException(string message) : Exception(message);
