using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Shows what a command does with packages: sentences that stay on the standard error, and below them, on a terminal, a line that
/// is painted anew.</summary>
/// <remarks>Thread-safe. The live line is on the standard error like the sentences, so that the standard output has the result
/// alone.</remarks>
internal sealed class PackageView : IRunObserver, IDisposable
{
    private readonly Lock _lock = new();
    private readonly CommandContext _context;
    private readonly LiveLines? _lines;
    private readonly TerminalSigns _signs;
    private readonly ITimer? _timer;
    private RunEvent.PackageProgress? _progress;

    /// <summary>Begins to show what a command does.</summary>
    /// <param name="context">The command's context.</param>
    public PackageView(CommandContext context)
    {
        _context = context;
        var streams = context.Streams;
        _signs = TerminalSigns.Of(streams.IsUnicode, streams.ErrorIsRich);
        if (streams.ErrorIsLive && !context.IsQuiet && !JsonOutput.IsWanted(context))
        {
            _lines = new LiveLines(VisibleWriter.Verbatim(streams.Error), streams.ErrorIsRich);
            _timer = streams.Time.CreateTimer(
                _ => PaintByTimer(), null, TerminalRunView.RepaintInterval, TerminalRunView.RepaintInterval);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (_lock)
        {
            switch (runEvent)
            {
                case RunEvent.Message message:
                    Say(message.Text);
                    break;
                case RunEvent.PackageProgress progress:
                    _progress = progress.IsOver ? null : progress;
                    if (PackageLine.Last(progress) is { } text)
                    {
                        Say(text);
                    }
                    else
                    {
                        Paint();
                    }

                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            _progress = null;
            Paint();
        }
    }

    // Without its live line while the sentence is printed.
    private void Say(string text)
    {
        _lines?.Paint([], _context.Streams.Width());
        _context.Say(text);
        Paint();
    }

    private void PaintByTimer()
    {
        lock (_lock)
        {
            try
            {
                Paint();
            }
            catch (IOException)
            {
                // Thrown from a timer it would end the process.
            }
        }
    }

    private void Paint()
    {
        var columns = _context.Streams.Width();
        _lines?.Paint(
            _progress is { } progress ? [PackageLine.Live(progress, _signs, columns - 1, _context.Streams.Time.GetUtcNow())] : [], columns);
    }
}
