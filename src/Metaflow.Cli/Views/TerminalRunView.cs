using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Shows a run in a terminal: a live line for each step that has work, and above them what tasks print and what goes
/// wrong.</summary>
/// <remarks>Thread-safe. The terminal is written to at most ten times a second: a line after a pause is printed at once, those of a burst
/// together, a tenth of a second later at most. When the run has ended no live line is left behind.</remarks>
internal sealed class TerminalRunView : IRunView
{
    /// <summary>The shortest time between two paintings.</summary>
    public static readonly TimeSpan RepaintInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The most that waits to be printed: a burst must not fill the memory.</summary>
    private const int MostPending = 1 << 18;

    private readonly Lock _gate = new();
    private readonly ConsoleStreams _streams;
    private readonly LiveLines _lines;
    private readonly StepBoard _board = new();
    private readonly StepLine _stepLine;
    private readonly TaskLines _taskLines;
    private readonly TerminalSigns _signs;
    private readonly ITimer? _timer;
    private RunEvent.PackageProgress? _packages;
    private DateTimeOffset _lastPaint;
    private bool _isOver;

    /// <summary>Begins to show a run.</summary>
    /// <param name="streams">The console.</param>
    public TerminalRunView(ConsoleStreams streams)
    {
        _streams = streams;
        _signs = TerminalSigns.Of(streams.IsUnicode, streams.IsRich);
        _lines = new LiveLines(VisibleWriter.Verbatim(streams.Out), streams.IsRich);
        _stepLine = new StepLine(_signs);
        _taskLines = new TaskLines(_signs, streams.Width);
        _timer = streams.OutputIsTerminal
            ? streams.Time.CreateTimer(_ => PaintByTimer(), null, RepaintInterval, RepaintInterval)
            : null;
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (_gate)
        {
            var now = _streams.Time.GetUtcNow();
            foreach (var line in _taskLines.Of(runEvent))
            {
                _lines.Add(line);
            }

            if (runEvent is RunEvent.PackageProgress packages)
            {
                _packages = packages.IsOver ? null : packages;
            }

            AddLast(_board.Take(runEvent, now));
            if (runEvent is RunEvent.RunEnded)
            {
                // After the end there is nothing to wait for; the last lines stand alone.
                _isOver = true;
                AddLast(_board.End(now));
            }

            if (_isOver || now - _lastPaint >= RepaintInterval || _lines.Pending > MostPending)
            {
                Paint(now);
            }
        }
    }

    /// <inheritdoc/>
    public void ShowEnd(RunEnd end)
    {
        Dispose();
        var report = new RunReport(end, _signs, _taskLines.HasFolded);
        Print(report.Result());
        if (!end.WasInterrupted)
        {
            WriteError(end.IsQuiet ? end.Error : end.ErrorWithoutCommands);
        }

        Print(report.Commands());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            _isOver = true;
            Paint(_streams.Time.GetUtcNow());
        }
    }

    private void WriteError(MetaflowException? error)
    {
        if (error is not null)
        {
            ErrorView.WriteError(_streams, error);
        }
    }

    private void Print(IEnumerable<StyledText[]> lines)
    {
        lock (_gate)
        {
            foreach (var line in lines)
            {
                _lines.Add(line);
            }

            Paint(_streams.Time.GetUtcNow());
        }
    }

    private void AddLast(IReadOnlyList<StepState> steps)
    {
        foreach (var step in steps)
        {
            _lines.Add([.. _stepLine.Last(step, _board.NameWidth, _streams.Width())]);
        }
    }

    private void PaintByTimer()
    {
        lock (_gate)
        {
            try
            {
                Paint(_streams.Time.GetUtcNow());
            }
            catch (IOException)
            {
                // Thrown from a timer it would end the process, and the run with it.
            }
        }
    }

    private void Paint(DateTimeOffset now)
    {
        var columns = _streams.Width();
        _lines.Paint(_isOver || _timer is null ? [] : LiveLines(now, columns - 1), columns);
        _lastPaint = now;
    }

    private List<IReadOnlyList<StyledText>> LiveLines(DateTimeOffset now, int columns)
    {
        if (_packages is { } packages)
        {
            // No task runs before all packages are here.
            return [PackageLine.Live(packages, _signs, columns, now)];
        }

        var steps = _board.Active.ToList();
        var most = Math.Max(1, _streams.Height() / 2);
        if (steps.Count <= most)
        {
            return [.. steps.Select(step => _stepLine.Live(step, _board.NameWidth, columns, now))];
        }

        // Those that work are worth a line before those that wait.
        var shown = steps.OrderByDescending(static step => step.Count.Running > 0).Take(most - 1).ToHashSet();
        return
        [
            .. steps.Where(shown.Contains).Select(step => _stepLine.Live(step, _board.NameWidth, columns, now)),
            _stepLine.Folded([.. steps.Where(step => !shown.Contains(step))], columns),
        ];
    }
}
