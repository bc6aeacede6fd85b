namespace Metaflow.Logs;

/// <summary>One line of a task's log.</summary>
/// <param name="At">When it was emitted; <see langword="null"/> if the file does not say.</param>
/// <param name="Source">The writer: <c>runtime</c> or <c>task</c>; empty if the file does not say.</param>
/// <param name="Text">The line without its end.</param>
public sealed record LogLine(DateTimeOffset? At, string Source, string Text);
