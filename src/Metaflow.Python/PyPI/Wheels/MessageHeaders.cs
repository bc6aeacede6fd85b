namespace Metaflow.Python.PyPI.Wheels;

/// <summary>The headers of <c>METADATA</c>, <c>PKG-INFO</c> and <c>WHEEL</c>, which have the form of a message's.</summary>
internal sealed class MessageHeaders
{
    private readonly List<(string Name, string Value)> _items = [];

    private MessageHeaders()
    {
    }

    /// <summary>Reads headers up to the first empty line.</summary>
    /// <param name="reader">The text.</param>
    /// <returns>The headers.</returns>
    public static MessageHeaders Read(TextReader reader)
    {
        var headers = new MessageHeaders();
        var items = headers._items;
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line[0] is ' ' or '\t')
            {
                if (items.Count > 0)
                {
                    items[^1] = (items[^1].Name, items[^1].Value + "\n" + line.Trim());
                }
            }
            else if (colon > 0)
            {
                items.Add((line[..colon], line[(colon + 1)..].Trim()));
            }
        }

        return headers;
    }

    /// <summary>Returns the first value of a header.</summary>
    /// <param name="name">The header, in any case.</param>
    /// <returns>The value; <see langword="null"/> if there is none.</returns>
    public string? Value(string name) => All(name).FirstOrDefault();

    /// <summary>Returns all values of a header.</summary>
    /// <param name="name">The header, in any case.</param>
    /// <returns>The values in their order.</returns>
    public IEnumerable<string> All(string name)
        => _items.Where(item => item.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static item => item.Value);
}
