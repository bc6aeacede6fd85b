using Metaflow.Commands;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Metaflow.Cli.Terminal;

/// <summary>A terminal that shows styles, by Spectre.Console. What it is given at once goes to the terminal in one write.</summary>
/// <param name="writer">The terminal.</param>
internal sealed class RichConsole(TextWriter writer)
{
    // Whether styles are possible was decided by ConsoleStreams; the library's own guess takes any pipe for a terminal when TERM is set.
    // The eight colours of every terminal follow its theme.
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = ColorSystemSupport.Standard,
        Interactive = InteractionSupport.No,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        Out = new AnsiConsoleOutput(writer),
    });

    /// <summary>Writes texts.</summary>
    public void Write(IReadOnlyList<StyledText> texts) => _console.Write(new Literal(texts));

    // Neither markup, in which '[' begins a style, nor Text, which breaks lines at the width: a user's text stays as it is.
    private sealed class Literal(IReadOnlyList<StyledText> texts) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => texts.Select(ToSegment);

        private static Segment ToSegment(StyledText text) => text.Style switch
        {
            TextStyle.Faint => new Segment(text.Text, new Style(decoration: Decoration.Dim)),
            TextStyle.Strong => new Segment(text.Text, new Style(decoration: Decoration.Bold)),
            TextStyle.Success => new Segment(text.Text, new Style(Color.Green)),
            TextStyle.Failure => new Segment(text.Text, new Style(Color.Maroon)),
            TextStyle.Warning => new Segment(text.Text, new Style(Color.Olive)),
            TextStyle.Status => new Segment(text.Text, new Style(Color.Teal)),
            _ => new Segment(text.Text),
        };
    }
}
