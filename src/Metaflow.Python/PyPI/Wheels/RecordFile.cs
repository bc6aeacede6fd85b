using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Reads and writes the list of files of a wheel or of an installed package (PEP 376 and PEP 427).</summary>
internal static class RecordFile
{
    /// <summary>The name of the file.</summary>
    public const string Name = "RECORD";

    /// <summary>Reads the list of a wheel.</summary>
    /// <param name="reader">The text.</param>
    /// <returns>The lines in their order.</returns>
    /// <exception cref="InvalidDataException">A line is no path, hash and size.</exception>
    public static List<RecordEntry> Read(TextReader reader)
    {
        var entries = new List<RecordEntry>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                entries.Add(TryParse(line, out var entry, out var count) && count == 3 ? entry : throw Malformed(line));
            }
        }

        return entries;
    }

    /// <summary>Reads the list of an installed package. Other tools may leave out the hash and the size, or add more.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The lines in their order.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is malformed.</exception>
    public static List<RecordEntry> Read(string path)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        var entries = new List<RecordEntry>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                entries.Add(TryParse(line, out var entry, out _) ? entry : throw Malformed(line));
            }
        }

        return entries;
    }

    /// <summary>Returns the text of a list, its lines in the order of the paths.</summary>
    /// <param name="entries">The lines.</param>
    /// <returns>The bytes.</returns>
    public static byte[] ToBytes(IEnumerable<RecordEntry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries.OrderBy(static entry => entry.Path, StringComparer.Ordinal))
        {
            text.Append(entry.ToString()).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static bool TryParse(string line, [NotNullWhen(true)] out RecordEntry? entry, out int count)
    {
        var fields = new List<string>();
        var position = 0;
        entry = null;
        do
        {
            if (ReadField(line, ref position) is not { } field)
            {
                count = fields.Count;
                return false;
            }

            fields.Add(field);
        }
        while (position++ < line.Length);

        count = fields.Count;
        var size = 0L;
        var hasSize = fields.Count > 2 && fields[2].Length > 0;
        if (hasSize && !long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out size))
        {
            return false;
        }

        entry = new RecordEntry(fields[0], fields.Count > 1 ? fields[1] : "", hasSize ? size : null);
        return true;
    }

    // Ends at a comma or at the end; null for a quotation mark that nothing closes.
    private static string? ReadField(string line, ref int position)
    {
        if (position == line.Length || line[position] != '"')
        {
            var end = line.IndexOf(',', position);
            var start = position;
            position = end < 0 ? line.Length : end;
            return line[start..position];
        }

        var text = new StringBuilder();
        for (position++; position < line.Length; position++)
        {
            if (line[position] != '"')
            {
                text.Append(line[position]);
            }
            else if (position + 1 < line.Length && line[position + 1] == '"')
            {
                text.Append('"');
                position++;
            }
            else
            {
                position++;
                return position == line.Length || line[position] == ',' ? text.ToString() : null;
            }
        }

        return null;
    }

    private static InvalidDataException Malformed(string line)
        => new($"The list of files has a line that is no path, hash and size: '{(line.Length > 200 ? line[..200] + "…" : line)}'.");
}
