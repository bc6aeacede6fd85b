using System.Text.Json;

namespace Metaflow.Python.Conda.Channels;

/// <summary>Keeps one object for equal texts. The records of a channel repeat most of theirs.</summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class TextPool
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private char[] _characters = new char[512];

    /// <summary>Initializes an empty pool.</summary>
    public TextPool() => _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns the text at which a reader stands.</summary>
    /// <param name="reader">The reader, at a text.</param>
    /// <returns>The text.</returns>
    public string Read(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > _characters.Length)
        {
            _characters = new char[reader.ValueSpan.Length];
        }

        var text = _characters.AsSpan(0, reader.CopyString(_characters));
        if (!_lookup.TryGetValue(text, out var known))
        {
            known = text.ToString();
            _texts.Add(known);
        }

        return known;
    }
}
