namespace Metaflow.Python.Tests.Channels;

/// <summary>A program that tests need is not there, or it failed.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
