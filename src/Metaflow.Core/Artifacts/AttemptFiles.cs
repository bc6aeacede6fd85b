using Metaflow.Naming;

namespace Metaflow.Artifacts;

/// <summary>The names of the files that an attempt of a task leaves in the datastore.</summary>
internal static class AttemptFiles
{
    /// <summary>The number of attempts that a task can have, numbered from 0.</summary>
    public const int MaxAttempts = 6;

    /// <summary>The name of the record of an attempt's start.</summary>
    public const string Started = "attempt.json";

    /// <summary>The name of the list of an attempt's artifacts.</summary>
    public const string Data = "data.json";

    /// <summary>The name of the mark of a complete attempt.</summary>
    public const string Done = "DONE.lock";

    /// <summary>Returns the path of a file of an attempt.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="name">The file's name.</param>
    /// <returns>The path relative to the store's root.</returns>
    public static string PathOf(TaskPath task, int attempt, string name) => $"{task}/{attempt}.{name}";
}
