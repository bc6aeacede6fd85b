using System.Text;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;

namespace Metaflow.Cli.Views;

/// <summary>Prints a run to a terminal: coloured lines, and below them one status line that is kept alive by a timer.</summary>
/// <remarks>Thread-safe. Everything goes to the terminal in single writes, each of which leaves it consistent: the status is erased, the
/// lines are printed, the status is painted again. That happens at most ten times a second: a line after a pause is printed at once, those of
/// a burst together, a tenth of a second later at most. When the run has ended no status is left behind.</remarks>
internal sealed class TerminalRunView : IRunObserver, IDisposable
{
    /// <summary>The shortest time between two paintings of the status.</summary>
    public static readonly TimeSpan RepaintInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly ConsoleStreams _streams;
    private readonly StatusLine _status;
    private readonly StringBuilder _pending = new();
    private readonly ITimer _reportTimer;
    private readonly ITimer _repaintTimer;
    private IReadOnlyList<StepCount> _counts = [];
    private DateTimeOffset _lastPaint;
    private bool _isPainted;
    private bool _isOver;

    public TerminalRunView(ConsoleStreams streams)
    {
        _streams = streams;
        _status = new StatusLine(streams.Time.GetUtcNow());
        _reportTimer = streams.Time.CreateTimer(_ => Report(), null, ProgressReport.Interval, ProgressReport.Interval);
        _repaintTimer = streams.Time.CreateTimer(_ => Show([]), null, RepaintInterval, RepaintInterval);
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (_gate)
        {
            if (runEvent is RunEvent.Progress progress)
            {
                _counts = progress.Counts;
                _status.Update(progress.Counts, _streams.Time.GetUtcNow());
            }

            // After the end there is nothing to wait for; the last lines stand alone.
            _isOver |= runEvent is RunEvent.RunEnded;
            Show(RunLines.Of(runEvent));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _repaintTimer.Dispose();
        _reportTimer.Dispose();
        lock (_gate)
        {
            _isOver = true;
            Show([]);
        }
    }

    private void Report()
    {
        lock (_gate)
        {
            Show(ProgressReport.Lines(_streams.Time.GetUtcNow(), _counts));
        }
    }

    private void Show(IEnumerable<RunLine> lines)
    {
        lock (_gate)
        {
            foreach (var line in lines)
            {
                _pending.Append(Colored(line)).Append('\n');
            }

            var now = _streams.Time.GetUtcNow();
            if (_isOver || now - _lastPaint >= RepaintInterval)
            {
                Paint(now);
            }
        }
    }

    private void Paint(DateTimeOffset now)
    {
        if (_isPainted)
        {
            _pending.Insert(0, AnsiText.EraseLine);
        }

        if (!_isOver)
        {
            _pending.Append(AnsiText.WrapOff).Append(AnsiText.Colored(AnsiText.Cyan, _status.Text(now, _streams.Width()))).Append(AnsiText.WrapOn);
        }

        if (_pending.Length > 0)
        {
            _streams.Out.Write(_pending.ToString());
        }

        _pending.Clear();
        _lastPaint = now;
        _isPainted = !_isOver;
    }

    private string Colored(RunLine line)
    {
        var color = line.Style switch
        {
            RunLineStyle.Workflow => AnsiText.Bold,
            RunLineStyle.Success => AnsiText.Green,
            RunLineStyle.Failure => AnsiText.Red,
            _ => "",
        };
        return AnsiText.Colored(AnsiText.Dim, line.Prefix(_streams.Time.LocalTimeZone)) + AnsiText.Colored(color, line.Text);
    }
}
