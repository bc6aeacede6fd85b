using System.Text;
using System.Text.Json;

namespace Metaflow.Definition;

/// <summary>Reads JSON with the places of its parts; comments and trailing commas are allowed.</summary>
internal static class JsonNodes
{
    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The tree. Of a name that is written twice the last value counts, as in Python Metaflow.</returns>
    /// <exception cref="FormatException">The text is not JSON; the message says where and why.</exception>
    public static ConfigNode Parse(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var places = new Places(bytes);
        var reader = new Utf8JsonReader(bytes, Options);
        try
        {
            reader.Read();
            var node = Value(ref reader, places);
            reader.Read();
            return node;
        }
        catch (JsonException error)
        {
            var why = error.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new FormatException($"line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}: {why}", error);
        }
        catch (InvalidOperationException error)
        {
            var (line, column) = places.Of(reader.TokenStartIndex);
            throw new FormatException($"line {line}, column {column}: the text has half of a surrogate pair", error);
        }
    }

    private static ConfigNode Value(ref Utf8JsonReader reader, Places places)
    {
        var (line, column) = places.Of(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject =>
                new() { Kind = ConfigNodeKind.Map, Members = Members(ref reader, places), Line = line, Column = column },
            JsonTokenType.StartArray =>
                new() { Kind = ConfigNodeKind.List, Items = Items(ref reader, places), Line = line, Column = column },
            JsonTokenType.String => new() { Kind = ConfigNodeKind.Text, Text = reader.GetString()!, Line = line, Column = column },
            JsonTokenType.True => new() { Kind = ConfigNodeKind.Boolean, Text = "true", Line = line, Column = column },
            JsonTokenType.False => new() { Kind = ConfigNodeKind.Boolean, Text = "false", Line = line, Column = column },
            JsonTokenType.Number => Number(Encoding.UTF8.GetString(reader.ValueSpan), line, column),
            _ => new() { Kind = ConfigNodeKind.Null, Line = line, Column = column },
        };
    }

    private static ConfigNode Number(string text, int line, int column)
        => new()
        {
            Kind = text.AsSpan().ContainsAny('.', 'e', 'E') ? ConfigNodeKind.Real : ConfigNodeKind.Whole,
            Text = text,
            Line = line,
            Column = column,
        };

    private static List<KeyValuePair<string, ConfigNode>> Members(ref Utf8JsonReader reader, Places places)
    {
        var members = new OrderedDictionary<string, ConfigNode>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (line, column) = places.Of(reader.TokenStartIndex);
            var name = reader.GetString()!;
            reader.Read();
            members[name] = Value(ref reader, places) with { NameLine = line, NameColumn = column };
        }

        return [.. members];
    }

    private static List<ConfigNode> Items(ref Utf8JsonReader reader, Places places)
    {
        var items = new List<ConfigNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader, places));
        }

        return items;
    }

    /// <summary>Counts lines and characters; asked in the order of the text.</summary>
    private sealed class Places(byte[] text)
    {
        private int _at;
        private int _line = 1;
        private int _column = 1;

        public (int Line, int Column) Of(long index)
        {
            for (; _at < index; _at++)
            {
                if (text[_at] == '\n')
                {
                    (_line, _column) = (_line + 1, 1);
                }
                else if ((text[_at] & 0xC0) != 0x80)
                {
                    _column++;
                }
            }

            return (_line, _column);
        }
    }
}
