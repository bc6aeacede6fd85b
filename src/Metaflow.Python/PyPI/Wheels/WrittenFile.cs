namespace Metaflow.Python.PyPI.Wheels;

/// <summary>What became of a file of a wheel.</summary>
/// <param name="Record">Its line in the list of installed files.</param>
/// <param name="Waiting">The path of the new file that waits beside the old one; <see langword="null"/> if it has its place.</param>
internal sealed record WrittenFile(RecordEntry Record, string? Waiting);
