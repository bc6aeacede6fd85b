namespace Metaflow.Python.PyPI.Wheels;

/// <summary>A file that a wheel is going to have in a folder.</summary>
/// <param name="Target">The path below the folder, with <c>/</c>.</param>
/// <param name="Entry">The file of the wheel; <see langword="null"/> for one that is made here.</param>
/// <param name="Content">The bytes of a file that is made here; <see langword="null"/> for one of the wheel.</param>
/// <param name="IsExecutable">Whether it can be run as a program.</param>
/// <param name="IsScript">Whether its first line can name Python in general, and must name that of the folder.</param>
internal sealed record PlannedFile(string Target, WheelEntry? Entry, byte[]? Content, bool IsExecutable, bool IsScript);
