using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Says how a long run is getting on, every five minutes.</summary>
internal static class ProgressReport
{
    /// <summary>How often it is said.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(300);

    /// <summary>Returns the lines.</summary>
    /// <param name="at">Now.</param>
    /// <param name="counts">The numbers by step.</param>
    public static IEnumerable<RunLine> Lines(DateTimeOffset at, IReadOnlyList<StepCount> counts)
    {
        var texts = new List<string> { Running(counts), Waiting(counts.Sum(static step => step.Queued)) };
        if (NotStarted(counts) is { } notStarted)
        {
            texts.Add(notStarted);
        }

        return texts.Select(text => new RunLine(at, "", text, TextStyle.Strong));
    }

    private static string Running(IReadOnlyList<StepCount> counts)
    {
        var running = counts.Sum(static step => step.Running);
        var steps = string.Join(", ", counts.Where(static step => step.Running > 0)
            .Select(static step => string.Create(CultureInfo.InvariantCulture, $"{step.Step} ({step.Running} running; {step.Done} done)")));
        return running switch
        {
            0 => "No tasks are running.",
            1 => $"1 task is running: {steps}.",
            _ => string.Create(CultureInfo.InvariantCulture, $"{running} tasks are running: {steps}."),
        };
    }

    private static string Waiting(int queued) => queued switch
    {
        0 => "No tasks are waiting in the queue.",
        1 => "1 task is waiting in the queue.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{queued} tasks are waiting in the queue."),
    };

    private static string? NotStarted(IReadOnlyList<StepCount> counts)
    {
        var steps = counts.Where(static step => step is { Running: 0, Done: 0, Queued: 0 }).Select(static step => step.Step).ToList();
        return steps.Count switch
        {
            0 => null,
            1 => $"{steps[0]} step has not started",
            _ => string.Create(CultureInfo.InvariantCulture, $"{steps.Count} steps have not started: {string.Join(", ", steps)}."),
        };
    }
}
