namespace Metaflow.Python.PyPI.Wheels;

/// <summary>A file of a wheel.</summary>
/// <param name="Index">Its place among the entries of the ZIP file.</param>
/// <param name="Path">Its path in the wheel, with <c>/</c>.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsExecutable">Whether it can be run as a program.</param>
/// <param name="Record">Its line in the list of files; <see langword="null"/> for the list itself and its signatures.</param>
internal sealed record WheelEntry(int Index, string Path, long Length, bool IsExecutable, RecordEntry? Record);
