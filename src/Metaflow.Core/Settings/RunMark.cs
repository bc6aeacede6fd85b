namespace Metaflow.Settings;

/// <summary>Marks the processes of a run: each task gets a value in its environment, and what the task starts inherits it. So they are
/// found again when they have left the task's process group, or when the task is gone.</summary>
/// <remarks>A process that is started with a cleared environment does not carry the mark.</remarks>
internal static class RunMark
{
    /// <summary>The variable that holds the mark of a task's process.</summary>
    public const string Variable = "METAFLOW_PROCESS_MARK";

    /// <summary>Makes the mark of one scheduler's processes; no other scheduler ever has the same.</summary>
    /// <returns>The mark.</returns>
    public static string Create() => Guid.NewGuid().ToString("N");

    /// <summary>Returns the mark of one process, and of what it starts.</summary>
    /// <param name="run">The mark of the scheduler's processes.</param>
    /// <param name="number">The process's number.</param>
    /// <returns>The mark.</returns>
    public static string OfProcess(string run, int number)
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{run}.{number}.");

    /// <summary>Gets the mark of this process; <see langword="null"/> when no scheduler started it.</summary>
    public static string? OfThisProcess => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Returns how an environment that carries a mark reads: all marks of a run begin with the run's.</summary>
    /// <param name="mark">The mark of a process or of a run.</param>
    /// <returns>The text.</returns>
    public static string TextOf(string mark) => $"{Variable}={mark}";
}
