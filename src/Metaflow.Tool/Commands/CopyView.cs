using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Values;
using Metaflow.Commands;
using Metaflow.Copying;
using Metaflow.Naming;

namespace Metaflow.Tool.Commands;

/// <summary>Shows how far a copy is, in a line of a terminal that is painted anew, and what was done, in lines that stay.</summary>
/// <param name="streams">The console.</param>
/// <param name="isLive">Whether to show how far it is.</param>
internal sealed class CopyView(ConsoleStreams streams, bool isLive) : IProgress<RunCopyProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly LiveLines _lines = new(VisibleWriter.Verbatim(streams.Out), streams.IsRich);
    private string _run = "";
    private long _painted;

    /// <summary>Begins to show a run.</summary>
    /// <param name="pathspec">The run.</param>
    public void Begin(string pathspec)
    {
        lock (_lock)
        {
            _run = pathspec;
        }
    }

    /// <inheritdoc/>
    public void Report(RunCopyProgress value)
    {
        if (!isLive)
        {
            return;
        }

        lock (_lock)
        {
            if (_painted != 0 && streams.Time.GetElapsedTime(_painted) < Interval)
            {
                return;
            }

            _painted = streams.Time.GetTimestamp();
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"Copying {VisibleText.Line(_run)}: {value.Tasks} of {value.AllTasks} tasks, {AmountText.Size(value.SentBytes)}");
            _lines.Paint([[new StyledText(text, TextStyle.Status)]], streams.Width());
        }
    }

    /// <summary>Ends the line that is painted anew.</summary>
    public void End()
    {
        lock (_lock)
        {
            _lines.Paint([], streams.Width());
            _painted = 0;
        }
    }

    /// <summary>Says what was done.</summary>
    /// <param name="report">What was done.</param>
    /// <param name="isDryRun">Whether it only would be.</param>
    public void Show(RunCopyReport report, bool isDryRun)
    {
        var did = isDryRun ? "Would copy" : report is { WasThere: true, SentObjects: 0 } ? "Already there:" : "Copied";
        streams.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{did} {VisibleText.Line(report.Pathspec)}: {Count(report.Tasks, "task")}, {Count(report.SentObjects, "object")} sent "
                + $"({AmountText.Size(report.SentBytes)}), {report.FoundObjects:N0} found."));
        foreach (var problem in report.Problems)
        {
            streams.Error.WriteLine($"  '{VisibleText.Line(problem.Path)}': {VisibleText.Line(problem.Reason)} [{problem.Code}]");
        }

        if (report.MissingOrigin is { } origin)
        {
            streams.Error.WriteLine(
                $"  The run resumed '{VisibleText.Line(origin)}', which the target does not have. Its logs are there: copy it too.");
        }
    }

    private static string Count(long count, string noun)
        => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}
