using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Naming;

namespace Metaflow.Tool.Views;

/// <summary>Prints rows in columns; the last column takes what is left.</summary>
internal static class ToolTable
{
    private const string Gap = "  ";

    /// <summary>Prints a heading and rows.</summary>
    public static void Write(ConsoleStreams streams, IReadOnlyList<string> heading, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        rows = [.. rows.Select(static row => (string[])[.. row.Select(VisibleText.Line)])];
        var widths = heading.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToList();
        var writer = new StyledWriter(streams.Out, streams.IsRich);
        writer.WriteLine(new StyledText(Line(heading, widths), TextStyle.Strong));
        foreach (var row in rows)
        {
            writer.WriteLine(Line(row, widths));
        }
    }

    private static string Line(IReadOnlyList<string> cells, List<int> widths)
        => string.Join(Gap, cells.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
}
