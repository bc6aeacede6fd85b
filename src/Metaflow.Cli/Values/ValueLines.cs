using System.Collections;
using System.Globalization;
using Metaflow.Serialization;

namespace Metaflow.Cli.Values;

/// <summary>Shows a value as people read it: records in a table, a matrix in rows, a text of several lines and a stack trace line by line,
/// all else on one line.</summary>
/// <param name="type">The type as it is written, or <see langword="null"/>.</param>
/// <param name="width">How long lines may be.</param>
/// <param name="margin">What the lines of a text begin with, so that none of them looks like a line of the program.</param>
internal sealed class ValueLines(string? type, int width, string margin)
{
    private const int MostRows = 20;
    private const int MostMatrixRows = 10;
    private const int MostColumns = 30;
    private const int LongestCell = 40;

    /// <summary>Returns the lines of a value.</summary>
    /// <param name="value">Plain data.</param>
    /// <param name="used">How much of the first line is used already.</param>
    /// <returns>What follows on the first line, which may be empty, and the lines below.</returns>
    public (string First, IReadOnlyList<string> Below) Of(object? value, int used)
    {
        if (StepFailureEncoding.FromPython(value) is { } failure)
        {
            return OfFailure(failure);
        }

        if (value is string words && words.Contains('\n', StringComparison.Ordinal))
        {
            return ("", TextLines(words));
        }

        if (Records(value) is { } records)
        {
            return ("", RecordTable(records));
        }

        if (Matrix(value) is { } matrix)
        {
            return ("", MatrixLines(matrix));
        }

        if (value is string text && type?.TrimEnd('?') is not (null or "string" or "object"))
        {
            // The name of an enumeration's member, an address, a version: what it is, its type says.
            return (ValueText.Quoted(text)[1..^1], []);
        }

        var line = ValueText.Of(value, type);
        return line.Length <= width - used || value is not IDictionary { Count: > 1 } entries
            ? (line.Length <= width - used ? line : ValueText.Fitting(value, type, width - used), [])
            : ("", EntryLines(entries));
    }

    private List<string> TextLines(string words)
    {
        var lines = words.TrimEnd('\n').Split('\n');
        return
        [
            .. lines.Take(MostRows).Select(line => margin + line.TrimEnd('\r')),
            .. lines.Length > MostRows
                ? [string.Create(CultureInfo.InvariantCulture, $"… {lines.Length - MostRows:N0} more lines")]
                : Array.Empty<string>(),
        ];
    }

    private (string First, IReadOnlyList<string> Below) OfFailure(StepFailure failure)
    {
        var title = $"{failure.Type}: {failure.Message}";
        var below = new List<string>();
        for (var current = failure; current is not null; current = current.Inner)
        {
            var own = $"{current.Type}: {current.Message}";
            var trace = (current.StackTrace ?? "").TrimEnd().Split('\n').Select(static line => line.TrimEnd()).ToList();
            below.AddRange(current == failure ? [] : [$"---> {own}"]);
            var repeats = trace.Count > 0 && (trace[0].Length == 0 || own.StartsWith(trace[0], StringComparison.Ordinal));
            below.AddRange(repeats ? trace[1..] : trace);
        }

        return (title.Split('\n')[0], [.. below.Select(line => margin + line)]);
    }

    // A list of objects with members: a row each. A dictionary of them has the keys in front.
    private static List<(string? Key, IDictionary Members)>? Records(object? value)
    {
        return value switch
        {
            IReadOnlyList<object?> { Count: > 1 } items and not PythonTuple when items.All(IsRow) =>
                [.. items.Select(static item => ((string?)null, (IDictionary)item!))],
            IDictionary { Count: > 1 } entries when entries.Values.Cast<object?>().All(IsRow) =>
                [.. ValueText.EntriesOf(entries).Select(static entry => ((string?)ValueText.Of(entry.Key), (IDictionary)entry.Value!))],
            _ => null,
        };
    }

    private static bool IsRow(object? value)
        => value is IDictionary { Count: > 0 and <= MostColumns } members && ValueText.IsRecord(members, type: null);

    private List<string> RecordTable(List<(string? Key, IDictionary Members)> records)
    {
        var names = records.Take(MostRows).SelectMany(static record => record.Members.Keys.Cast<string>()).Distinct(StringComparer.Ordinal)
            .Take(MostColumns).ToList();
        var hasKeys = records[0].Key is not null;
        List<IReadOnlyList<string>> rows = [[.. hasKeys ? [""] : Array.Empty<string>(), .. names]];
        rows.AddRange(records.Take(MostRows).Select(record => (string[])
        [
            .. record.Key is { } key ? [key] : Array.Empty<string>(),
            .. names.Select(name => record.Members.Contains(name) ? Cell(record.Members[name]) : ""),
        ]));
        var numeric = names.Select(name => records.Take(MostRows).All(
            record => !record.Members.Contains(name) || ValueText.Number(record.Members[name]) is not null)).ToList();
        var first = hasKeys ? 1 : 0;
        return Fitted(rows, column => column >= first && numeric[column - first], records.Count - MostRows, "rows");
    }

    private static NumericArray? TwoDimensional(object? value) => value is NumericArray { Shape: [> 0, > 0] } array ? array : null;

    private static List<List<object?>>? Matrix(object? value)
    {
        if (TwoDimensional(value) is { } array)
        {
            var (height, length) = ((int)array.Shape[0], (int)array.Shape[1]);
            return
            [
                .. Enumerable.Range(0, height).Select(row => Enumerable.Range(0, Math.Min(length, MostColumns + 1))
                    .Select(column => array.GetValue(((long)row * length) + column)).ToList()),
            ];
        }

        return value is IReadOnlyList<object?> { Count: > 1 } rows and not PythonTuple
            && rows.All(row => RowOf(row) is { Count: > 1 } cells && cells.Count == RowOf(rows[0])!.Count)
                ? [.. rows.Select(static row => RowOf(row)!)]
                : null;
    }

    private static List<object?>? RowOf(object? row) => row switch
    {
        IReadOnlyList<object?> items and not PythonTuple when items.All(static item => ValueText.Number(item) is not null) => [.. items],
        NumericArray { Shape: [> 1 and <= int.MaxValue] } array =>
            [.. Enumerable.Range(0, (int)Math.Min(array.Length, MostColumns + 1)).Select(i => array.GetValue(i))],
        _ => null,
    };

    private List<string> MatrixLines(List<List<object?>> matrix)
    {
        List<IReadOnlyList<string>> rows =
            [.. matrix.Take(MostMatrixRows).Select(static row => (string[])[.. row.Take(MostColumns).Select(static cell => Cell(cell))])];
        return Fitted(rows, static _ => true, matrix.Count - MostMatrixRows, "rows");
    }

    // Columns that do not fit are counted, and so are the rows that were cut.
    private List<string> Fitted(List<IReadOnlyList<string>> rows, Func<int, bool> isRight, int moreRows, string what)
    {
        const int Note = 20;
        var columns = rows[0].Count;
        var fitting = TextTable.Fitting(rows, width);
        if (fitting < columns)
        {
            fitting = TextTable.Fitting(rows, width - Note);
            rows = [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Take(fitting)])];
        }

        var lines = TextTable.Lines(rows, isRight).ToList();
        if (fitting < columns)
        {
            lines[0] += string.Create(CultureInfo.InvariantCulture, $"  … {columns - fitting:N0} more columns");
        }

        return moreRows > 0 ? [.. lines, string.Create(CultureInfo.InvariantCulture, $"… {moreRows:N0} more {what}")] : lines;
    }

    private IReadOnlyList<string> EntryLines(IDictionary entries)
    {
        var isRecord = ValueText.IsRecord(entries, type);
        var itemType = isRecord ? null : TypeText.ItemOf(type);
        var all = ValueText.EntriesOf(entries).Take(MostRows)
            .Select(entry => (Name: isRecord ? (string)entry.Key : ValueText.Of(entry.Key), entry.Value)).ToList();
        var longest = Math.Min(all.Max(static entry => entry.Name.Length), LongestCell);
        return
        [
            .. all.Select(entry => $"{entry.Name.PadRight(longest)}  "
                + ValueText.Fitting(entry.Value, itemType, width - longest - 2)),
            .. entries.Count > MostRows
                ? [string.Create(CultureInfo.InvariantCulture, $"… {entries.Count - MostRows:N0} more")]
                : Array.Empty<string>(),
        ];
    }

    // In a table the heading says that it is a text.
    private static string Cell(object? value)
    {
        var text = value is string words && !words.AsSpan().ContainsAny('\n', '\r', '\t') ? words : ValueText.Of(value, null, 3);
        return text.Length <= LongestCell ? text : text[..(LongestCell - 1)] + "…";
    }
}
