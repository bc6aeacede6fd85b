namespace Metaflow.Cli.Values;

/// <summary>Lays rows out in columns.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <summary>Returns a line for each row.</summary>
    /// <param name="rows">The rows, of the same number of cells.</param>
    /// <param name="isRight">Says whether the cells of a column end under each other, as numbers do; by default none.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<IReadOnlyList<string>> rows, Func<int, bool>? isRight = null)
    {
        var widths = WidthsOf(rows);
        return rows.Select(row => string.Join(Gap, row.Select(Aligned)).TrimEnd());

        string Aligned(string cell, int column)
            => isRight?.Invoke(column) == true ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]);
    }

    /// <summary>Returns how many columns fit, one at least.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="width">The width of a line.</param>
    public static int Fitting(IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        var used = 0;
        var widths = WidthsOf(rows);
        var fitting = widths.TakeWhile(column => (used += column + Gap.Length) - Gap.Length <= width).Count();
        return Math.Max(1, fitting);
    }

    private static List<int> WidthsOf(IReadOnlyList<IReadOnlyList<string>> rows)
        => rows.Count == 0 ? [] : [.. Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length))];
}
