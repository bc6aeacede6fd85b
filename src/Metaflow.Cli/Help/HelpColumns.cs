using Metaflow.Cli.Terminal;
using Metaflow.Commands;

namespace Metaflow.Cli.Help;

/// <summary>Writes names and their descriptions in two columns.</summary>
internal sealed class HelpColumns(ConsoleStreams streams)
{
    private const int Narrowest = 60;
    private const int Widest = 100;
    /// <summary>How many columns names have at most.</summary>
    public const int WidestName = 34;
    private const string Margin = "  ";

    /// <summary>Gets how many columns the page has.</summary>
    public int Width { get; } = Math.Clamp(streams.Width(), Narrowest, Widest);

    /// <summary>Writes rows; a name that is too long has a line of its own.</summary>
    public void Write(IEnumerable<(string Name, string Text)> rows)
    {
        var all = rows.ToList();
        var nameWidth = Math.Min(WidestName, all.Max(static row => row.Name.Length));
        foreach (var (name, text) in all)
        {
            var lines = Wrap(text, Width - nameWidth - (2 * Margin.Length)).ToList();
            var first = Margin + name.PadRight(nameWidth) + Margin;
            if (name.Length > nameWidth)
            {
                streams.Out.WriteLine(Margin + name);
                first = new string(' ', nameWidth + (2 * Margin.Length));
            }

            streams.Out.WriteLine((first + lines.FirstOrDefault()).TrimEnd());
            foreach (var line in lines.Skip(1))
            {
                streams.Out.WriteLine(new string(' ', nameWidth + (2 * Margin.Length)) + line);
            }
        }
    }

    /// <summary>Breaks a text into lines at blanks; a word longer than a line is kept whole.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }
}
