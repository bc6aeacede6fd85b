using System.ComponentModel;
using System.Globalization;
using System.Text;
using Metaflow.Platform;

namespace Metaflow.Errors;

/// <summary>Tells a limit of the system from a fault of the framework: a runtime that gets no file or no thread fails in any place, with
/// any exception.</summary>
internal static class LimitReached
{
    // What a failed operation gave back by the time it is looked at.
    private const int Margin = 16;

    /// <summary>Returns the error of a limit with which nothing can run (MF3025).</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="kind">What it limits, such as <c>open files</c>.</param>
    /// <returns>The error.</returns>
    public static LaunchException TooLow(SystemLimit limit, string kind) => Of(limit, kind, null);

    /// <summary>Returns the error of an exception that came from a limit which is reached (MF3025).</summary>
    /// <param name="fault">The exception.</param>
    /// <returns>The error; <see langword="null"/> when no limit is reached, or the exception is not of a kind that comes from
    /// one.</returns>
    public static LaunchException? Of(Exception fault) => Of(fault, SystemLimits.Files, SystemLimits.Threads);

    /// <summary>Returns the error of an exception that came from a limit which is reached.</summary>
    /// <param name="fault">The exception.</param>
    /// <param name="files">Reads the limit of open files.</param>
    /// <param name="threads">Reads that of processes and threads.</param>
    /// <returns>The error, or <see langword="null"/>.</returns>
    internal static LaunchException? Of(Exception fault, Func<SystemLimit?> files, Func<SystemLimit?> threads)
    {
        if (!MayComeFromLimit(fault))
        {
            return null;
        }

        if (files() is { Free: <= Margin } ofFiles)
        {
            return Of(ofFiles, "open files", fault);
        }

        return threads() is { Free: <= Margin } ofThreads ? Of(ofThreads, "processes and threads", fault) : null;
    }

    // A library that cannot be opened is "not found", also inside a type's initializer; a thread that cannot be started is "out of
    // memory".
    private static bool MayComeFromLimit(Exception? fault) => fault switch
    {
        null => false,
        OutOfMemoryException or ThreadStartException or IOException or UnauthorizedAccessException or BadImageFormatException
            or DllNotFoundException or Win32Exception => true,
        AggregateException several => several.InnerExceptions.Any(MayComeFromLimit),
        _ => MayComeFromLimit(fault.InnerException),
    };

    private static LaunchException Of(SystemLimit limit, string kind, Exception? cause)
    {
        var why = new StringBuilder();
        why.Append(limit.Limit > 0
            ? string.Create(
                CultureInfo.InvariantCulture, $"The limit of {kind} is {limit.Limit} ({limit.Setting}), and {limit.Used} are in use.")
            : $"The limit of {kind} is reached ({limit.Setting}).");
        if (cause is not null)
        {
            why.Append(' ').Append(Sentence.Of($"The runtime says: {cause.Message}"));
        }

        return new LaunchException(
            ErrorCodes.SystemLimitReached,
            $"The system has no more {kind} for this process.",
            why.ToString(),
            "Raise the limit, or run fewer tasks at once (--max-workers).",
            cause)
        { IsTransient = true };
    }
}
