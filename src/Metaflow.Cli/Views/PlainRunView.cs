using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Prints a run line by line, with neither colours nor cursor movements: for files, pipes and plain terminals.</summary>
/// <remarks>Thread-safe. The output of a task is printed as it is.</remarks>
internal sealed class PlainRunView : IRunView
{
    private readonly Lock _gate = new();
    private readonly ConsoleStreams _streams;
    private readonly ITimer _timer;
    private IReadOnlyList<StepCount> _counts = [];
    private RunEvent.PackageProgress? _packages;

    public PlainRunView(ConsoleStreams streams)
    {
        _streams = streams;
        _timer = streams.Time.CreateTimer(_ => Report(), null, ProgressReport.Interval, ProgressReport.Interval);
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (_gate)
        {
            switch (runEvent)
            {
                case RunEvent.Progress progress:
                    _counts = progress.Counts;
                    break;
                case RunEvent.PackageProgress packages:
                    _packages = packages.IsOver ? null : packages;
                    break;
            }

            Write(RunLines.Of(runEvent));
        }
    }

    /// <inheritdoc/>
    public void ShowEnd(RunEnd end)
    {
        Dispose();
        ErrorView.WriteEnd(_streams, end);
        if (end is { ResumeCommand: { } resume, IsQuiet: false } && !end.Outcome.IsPartial)
        {
            _streams.Error.WriteLine($"    Continue with: {resume}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Report()
    {
        lock (_gate)
        {
            try
            {
                var now = _streams.Time.GetUtcNow();
                Write(_packages is { } packages
                    ? [new RunLine(now, "", PackageLine.Text(packages), TextStyle.Strong)] : ProgressReport.Lines(now, _counts));
            }
            catch (IOException)
            {
                // Thrown from a timer it would end the process, and the run with it.
            }
        }
    }

    private void Write(IEnumerable<RunLine> lines)
    {
        foreach (var line in lines)
        {
            // One write for each line, so that other writers to the same pipe cannot come in between.
            VisibleWriter.Verbatim(_streams.Out).Write(line.Prefix(_streams.Time.LocalTimeZone) + line.Text + "\n");
        }
    }
}
