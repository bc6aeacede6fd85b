using Metaflow.Naming;

namespace Metaflow.Logs;

/// <summary>The names of log files in the datastore.</summary>
internal static class LogFiles
{
    /// <summary>The source of lines that a scheduler stored.</summary>
    public const string Runtime = "runtime";

    /// <summary>The source of lines that a remote task stored itself.</summary>
    public const string Task = "task";

    /// <summary>Gets the sources, in the order in which lines of one time are shown.</summary>
    public static IReadOnlyList<string> Sources { get; } = [Runtime, Task];

    /// <summary>Returns the path of a log.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="source">The source, <see cref="Runtime"/> or <see cref="Task"/>.</param>
    /// <param name="stream">The stream.</param>
    /// <returns>The path relative to the datastore's root, such as <c>F/1/start/2/0.runtime_stdout.log</c>.</returns>
    public static string PathOf(TaskPath task, int attempt, string source, LogKind stream)
        => $"{task}/{attempt}.{source}_{NameOf(stream)}.log";

    /// <summary>Returns the path of a log of the oldest form, which has no source.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="stream">The stream.</param>
    /// <returns>The path relative to the datastore's root.</returns>
    public static string LegacyPathOf(TaskPath task, int attempt, LogKind stream) => $"{task}/{attempt}.{NameOf(stream)}.log";

    private static string NameOf(LogKind stream) => stream == LogKind.Stdout ? "stdout" : "stderr";
}
