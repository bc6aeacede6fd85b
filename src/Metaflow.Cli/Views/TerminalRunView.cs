using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Prints a run to a terminal: coloured lines, and below them one status line that is kept alive by a timer.</summary>
/// <remarks>Thread-safe. Everything goes to the terminal in single writes, each of which leaves it consistent: the status is erased, the
/// lines are printed, the status is painted again. That happens at most ten times a second: a line after a pause is printed at once, those
/// of a burst together, a tenth of a second later at most. When the run has ended no status is left behind.</remarks>
internal sealed class TerminalRunView : IRunObserver, IDisposable
{
    /// <summary>The shortest time between two paintings of the status.</summary>
    public static readonly TimeSpan RepaintInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Long lines are cut by the terminal rather than broken, so that the status stays one line.</summary>
    public const string NoWrap = "\e[?7l";

    // The library's live display repaints with every line, however many arrive, and hides the cursor, which an abrupt end leaves hidden.
    private static readonly StyledText EraseLine = new("\r\e[2K", TextStyle.Control);
    private static readonly StyledText WrapOff = new(NoWrap, TextStyle.Control);
    private static readonly StyledText WrapOn = new("\e[?7h", TextStyle.Control);

    private readonly Lock _gate = new();
    private readonly ConsoleStreams _streams;
    private readonly StatusLine _status;
    private readonly RichConsole _console;
    private readonly List<StyledText> _pending = [];
    private readonly ITimer _reportTimer;
    private readonly ITimer _repaintTimer;
    private IReadOnlyList<StepCount> _counts = [];
    private DateTimeOffset _lastPaint;
    private bool _isPainted;
    private bool _isOver;

    public TerminalRunView(ConsoleStreams streams)
    {
        _streams = streams;
        _console = new RichConsole(VisibleWriter.Verbatim(streams.Out));
        _status = new StatusLine(streams.Time.GetUtcNow());
        _reportTimer = streams.Time.CreateTimer(
            _ => ShowByTimer(() => ProgressReport.Lines(_streams.Time.GetUtcNow(), _counts)),
            null,
            ProgressReport.Interval,
            ProgressReport.Interval);
        _repaintTimer = streams.Time.CreateTimer(_ => ShowByTimer(static () => []), null, RepaintInterval, RepaintInterval);
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

    private void ShowByTimer(Func<IEnumerable<RunLine>> lines)
    {
        lock (_gate)
        {
            try
            {
                Show(lines());
            }
            catch (IOException)
            {
                // Thrown from a timer it would end the process, and the run with it.
            }
        }
    }

    private void Show(IEnumerable<RunLine> lines)
    {
        lock (_gate)
        {
            foreach (var line in lines)
            {
                _pending.Add(new(line.Prefix(_streams.Time.LocalTimeZone), TextStyle.Faint));
                _pending.Add(new(line.Text, line.Style));
                _pending.Add("\n");
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
            _pending.Insert(0, EraseLine);
        }

        if (!_isOver)
        {
            _pending.AddRange([WrapOff, new(_status.Text(now, _streams.Width()), TextStyle.Status), WrapOn]);
        }

        if (_pending.Count > 0)
        {
            _console.Write(_pending);
        }

        _pending.Clear();
        _lastPaint = now;
        _isPainted = !_isOver;
    }
}
