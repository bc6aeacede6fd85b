using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Holds back what failing tasks print of their exceptions until each has failed, so that of many equal ones the first alone is
/// shown whole.</summary>
internal sealed class FailureReports
{
    private const string Indent = "    ";
    private const string Frame = "   at ";

    /// <summary>How long a report waits for the failure of its task, which may hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TaskPath, List<RunEvent.TaskOutput>> _held = [];
    private readonly Dictionary<(string Step, string Text), RunEvent.TaskOutput> _shown = [];
    private readonly Dictionary<TaskPath, FailureReport> _early = [];

    /// <summary>Returns the lines that need not wait any longer when an event comes.</summary>
    /// <param name="runEvent">The event.</param>
    public IReadOnlyList<RunEvent.TaskOutput> Release(RunEvent runEvent)
    {
        if (_held.Count == 0)
        {
            return [];
        }

        var released = new List<RunEvent.TaskOutput>();
        foreach (var (task, lines) in _held.ToList())
        {
            if (runEvent is RunEvent.RunEnded || (runEvent is RunEvent.TaskSucceeded succeeded && succeeded.Task == task))
            {
                _held.Remove(task);
                released.AddRange(lines);
            }
            else if (IsComplete(task, lines[0], runEvent))
            {
                // The line of the failure, which follows, says what it is equal to.
                _held.Remove(task);
                var report = Compare(task, lines);
                released.AddRange(report.Lines);
                _early[task] = report with { Lines = [] };
            }
        }

        return released;
    }

    private static bool IsComplete(TaskPath task, RunEvent.TaskOutput heading, RunEvent runEvent) => runEvent switch
    {
        RunEvent.OfTask ofTask and (RunEvent.TaskOutput or RunEvent.TaskFailed) when ofTask.Task == task =>
            runEvent is RunEvent.TaskOutput output && !IsReported(output),
        _ => runEvent.At - heading.At > Patience,
    };

    /// <summary>Holds a line back where it is one of a report.</summary>
    /// <param name="output">The line.</param>
    /// <returns>Whether it waits for the failure of its task.</returns>
    public bool Holds(RunEvent.TaskOutput output)
    {
        if (_held.TryGetValue(output.Task, out var lines))
        {
            lines.Add(output);
            return true;
        }

        if (IsHeading(output))
        {
            _held[output.Task] = [output];
            return true;
        }

        return false;
    }

    /// <summary>Returns the report of a task that failed.</summary>
    /// <param name="failed">The failure.</param>
    public FailureReport Take(RunEvent.TaskFailed failed) => _held.Remove(failed.Task, out var lines) ? Compare(failed.Task, lines)
        : _early.Remove(failed.Task, out var report) ? report
        : new([], null, null);

    private FailureReport Compare(TaskPath task, List<RunEvent.TaskOutput> lines)
    {
        if (lines.Count == 1)
        {
            return new(lines, null, null);
        }

        var step = task.Step;
        var texts = lines.Skip(1).Select(static line => line.Text[Indent.Length..]).ToList();
        var whole = string.Join('\n', texts);
        if (_shown.TryGetValue((step, whole), out var equal))
        {
            return new([], equal, null);
        }

        // The message of an exception often names the item.
        var frames = texts.FindIndex(static text => text.StartsWith(Frame, StringComparison.Ordinal));
        var trace = frames > 0 ? $"{TypeOf(texts[0])}\n{string.Join('\n', texts.Skip(frames))}" : whole;
        if (_shown.TryGetValue((step, trace), out equal))
        {
            return new([], equal, string.Join(' ', texts.Take(frames).Select(static text => text.Trim())));
        }

        _shown[(step, whole)] = lines[0];
        _shown[(step, trace)] = lines[0];
        return new(lines, null, null);
    }

    private static string TypeOf(string message)
        => message.IndexOf(':', StringComparison.Ordinal) is > 0 and var end ? message[..end] : message;

    private static bool IsHeading(RunEvent.TaskOutput output)
        => output.IsError && output.Text.StartsWith("<flow ", StringComparison.Ordinal)
            && output.Text.EndsWith("> failed:", StringComparison.Ordinal);

    private static bool IsReported(RunEvent.TaskOutput output)
        => output.IsError && output.Text.StartsWith(Indent, StringComparison.Ordinal);
}

/// <summary>What a failed task printed of its exception.</summary>
/// <param name="Lines">The lines to show; none where an earlier task has shown the same.</param>
/// <param name="Equal">The heading of the report that an earlier task of the step has shown; <see langword="null"/> for none.</param>
/// <param name="Message">The message of the exception, where it alone differs from that of the earlier task; else
/// <see langword="null"/>.</param>
internal sealed record FailureReport(IReadOnlyList<RunEvent.TaskOutput> Lines, RunEvent.TaskOutput? Equal, string? Message);
