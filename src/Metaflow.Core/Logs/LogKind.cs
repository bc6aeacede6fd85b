namespace Metaflow.Logs;

/// <summary>The two streams of a task.</summary>
public enum LogKind
{
    /// <summary>The standard output.</summary>
    Stdout,

    /// <summary>The standard error.</summary>
    Stderr,
}
