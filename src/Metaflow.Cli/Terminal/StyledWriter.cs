using Metaflow.Naming;

namespace Metaflow.Cli.Terminal;

/// <summary>Writes styled texts, to a writer that shows styles or to one that does not.</summary>
/// <remarks>Only the former loads Spectre.Console, which takes tens of milliseconds: pipes and files have no use for it.</remarks>
internal sealed class StyledWriter(TextWriter writer, bool isRich)
{
    private RichConsole? _console;

    /// <summary>Writes one line, whatever the texts hold.</summary>
    public void WriteLine(params IReadOnlyList<StyledText> texts)
    {
        if (isRich && texts.Any(static text => text.Style != TextStyle.Plain))
        {
            _console ??= new RichConsole(VisibleWriter.Verbatim(writer));
            _console.Write([.. texts.Select(static text => text with { Text = VisibleText.Line(text.Text) })]);
            writer.WriteLine();
        }
        else
        {
            writer.WriteLine(string.Concat(texts.Select(static text => text.Text)));
        }
    }
}
