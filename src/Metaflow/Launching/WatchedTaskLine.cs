using System.Globalization;

namespace Metaflow.Launching;

/// <summary>The command line of a process that runs a task where no scheduler is: it watches the task's own process, and keeps in the store
/// what the scheduler needs to know.</summary>
/// <param name="Task">The arguments of the task's own process.</param>
internal sealed record WatchedTaskLine(IReadOnlyList<string> Task)
{
    /// <summary>The program's first argument.</summary>
    public const string Verb = "step-watched";

    /// <summary>The note in which the end of the task is kept.</summary>
    public const string ExitNote = "exit";

    /// <summary>Gets the most bytes kept of each stream.</summary>
    public long MaxLogBytes { get; init; }

    /// <summary>Gets how long the task may run; <see langword="null"/> for ever.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Gets the most memory that the task may use, in MB; <see langword="null"/> for any.</summary>
    public int? MemoryLimitMB { get; init; }

    /// <summary>Gets a value indicating whether the task announces secrets.</summary>
    public bool AnnouncesSecrets { get; init; }

    /// <summary>Makes the line of a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The line.</returns>
    public static WatchedTaskLine Of(LaunchRequest request) => new(request.Arguments)
    {
        MaxLogBytes = request.MaxLogBytes,
        Deadline = request.Deadline,
        MemoryLimitMB = request.MemoryLimitMB,
        AnnouncesSecrets = request.AnnouncesSecrets,
    };

    /// <summary>Returns the program's arguments.</summary>
    /// <returns>The verb, four values, and the task's arguments.</returns>
    public IReadOnlyList<string> ToArguments() =>
    [
        Verb, Text(MaxLogBytes), Text(Deadline?.Ticks), Text(MemoryLimitMB), AnnouncesSecrets ? "secrets" : "", .. Task,
    ];

    /// <summary>Reads the program's arguments.</summary>
    /// <param name="arguments">The arguments, beginning with the verb.</param>
    /// <returns>The line.</returns>
    public static WatchedTaskLine FromArguments(IReadOnlyList<string> arguments) => new([.. arguments.Skip(5)])
    {
        MaxLogBytes = Number(arguments[1]) ?? Logs.TaskLogWriter.DefaultMaxBytes,
        Deadline = Number(arguments[2]) is { } ticks ? new TimeSpan(ticks) : null,
        MemoryLimitMB = (int?)Number(arguments[3]),
        AnnouncesSecrets = arguments[4].Length > 0,
    };

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static long? Number(string text) => text.Length == 0 ? null : long.Parse(text, CultureInfo.InvariantCulture);
}
