using System.Globalization;
using System.Text;

namespace Metaflow.Cli.Terminal;

/// <summary>Lines at the bottom of a terminal that are painted anew, below lines that stay.</summary>
/// <remarks>Not thread-safe. Everything goes to the terminal in single writes, each of which leaves it consistent: the live lines are
/// erased, lines that stay are printed, the live lines are painted again. The cursor stays visible, since an abrupt end would leave it
/// hidden.</remarks>
/// <param name="writer">The terminal.</param>
/// <param name="hasColors">Whether it shows styles.</param>
internal sealed class LiveLines(TextWriter writer, bool hasColors)
{
    /// <summary>Long live lines are cut by the terminal rather than broken, so that each stays one line.</summary>
    public const string NoWrap = "\e[?7l";

    private const string Wrap = "\e[?7h";

    private readonly StringBuilder _pending = new();
    private List<int> _painted = [];
    private int _paintedColumns;
    private string _last = "";

    /// <summary>Gets how many characters of lines that stay wait to be printed.</summary>
    public int Pending => _pending.Length;

    /// <summary>Adds a line that stays. It is printed with the next painting.</summary>
    /// <param name="texts">The texts of the line, without its end.</param>
    public void Add(params ReadOnlySpan<StyledText> texts)
    {
        foreach (var text in texts)
        {
            AnsiText.Append(_pending, text, hasColors);
        }

        _pending.Append('\n');
    }

    /// <summary>Prints what waits, and paints the live lines. Nothing is written when nothing changed.</summary>
    /// <param name="lines">The lines; none to leave only what stays.</param>
    /// <param name="columns">The columns of the terminal now.</param>
    public void Paint(IReadOnlyList<IReadOnlyList<StyledText>> lines, int columns)
    {
        var text = Text(lines);
        if (_pending.Length == 0 && text == _last && (columns == _paintedColumns || _painted.Count == 0))
        {
            return;
        }

        var all = _pending.Insert(0, Erasure(columns)).Append(text).ToString();
        _pending.Clear();
        _last = text;
        _painted = [.. lines.Select(static line => line.Sum(static part => TextWidth.Of(part.Text)))];
        _paintedColumns = columns;

        // The last: a terminal that takes no more must not let the texts pile up.
        writer.Write(all);
    }

    private string Text(IReadOnlyList<IReadOnlyList<StyledText>> lines)
    {
        if (lines.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder(NoWrap);
        for (var i = 0; i < lines.Count; i++)
        {
            text.Append(i > 0 ? "\n" : "");
            foreach (var part in lines[i])
            {
                AnsiText.Append(text, part, hasColors);
            }
        }

        // The terminal echoes keys where the cursor is: at the end of a full line, ^C would break it in two.
        return text.Append(Wrap).Append('\r').ToString();
    }

    /// <summary>Returns what erases the live lines: the cursor is at the beginning of the last one.</summary>
    private string Erasure(int columns)
    {
        if (_painted.Count == 0)
        {
            return "";
        }

        // Most terminals break lines anew that have become too long for them.
        var above = _painted[..^1];
        var rows = columns < _paintedColumns && columns > 0
            ? above.Sum(width => Math.Max(1, (width + columns - 1) / columns))
            : above.Count;
        return rows > 0 ? string.Create(CultureInfo.InvariantCulture, $"\r\e[{rows}A\e[J") : "\r\e[J";
    }
}
