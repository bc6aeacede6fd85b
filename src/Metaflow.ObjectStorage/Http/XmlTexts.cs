using System.Net;
using System.Text;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Finds elements in the XML that services send: elements without attributes that matter, and texts with the usual
/// entities.</summary>
/// <remarks>A task lists folders and asks for objects that are not there. The reader of the framework costs its process more time than all
/// of these requests.</remarks>
/// <param name="xml">The document.</param>
internal sealed class XmlTexts(string xml)
{
    private int _position;

    /// <summary>Gets the name of the outermost element; empty when there is none.</summary>
    public string RootName
    {
        get
        {
            for (var start = xml.IndexOf('<', StringComparison.Ordinal); start >= 0 && start + 1 < xml.Length;
                start = xml.IndexOf('<', start + 1))
            {
                if (xml[start + 1] is not ('?' or '!'))
                {
                    return NameAt(start + 1);
                }
            }

            return "";
        }
    }

    /// <summary>Gets a value indicating whether the document ends with the end of its outermost element.</summary>
    public bool IsWhole => RootName is { Length: > 0 } root && xml.AsSpan().TrimEnd().EndsWith($"</{root}>", StringComparison.Ordinal);

    /// <summary>Reads an answer.</summary>
    /// <param name="body">Its body.</param>
    public static XmlTexts Of(byte[] body) => new(Encoding.UTF8.GetString(body));

    /// <summary>Reads an answer that must be a complete document: a part of one looks like a shorter list.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="roots">The names that its outermost element may have; the first one is that of the service.</param>
    /// <exception cref="UnexpectedAnswerException">It is another document, or a part of one.</exception>
    public static XmlTexts WholeOf(byte[] body, params ReadOnlySpan<string> roots)
    {
        var texts = Of(body);
        return roots.Contains(texts.RootName) && texts.IsWhole
            ? texts
            : throw UnexpectedAnswerException.Of($"A complete '{roots[0]}'", body);
    }

    /// <summary>Returns the text of the first element of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The text; <see langword="null"/> when there is no such element.</returns>
    public string? First(string name)
    {
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        return start < 0 ? null : TextFrom(start + name.Length + 2, name);
    }

    /// <summary>Moves to the next element that has one of some names.</summary>
    /// <param name="names">The names.</param>
    /// <returns>The name and what is in the element, which may be elements: <see cref="Decoded"/> makes a text of it.
    /// <see langword="null"/> at the end of the document.</returns>
    /// <exception cref="UnexpectedAnswerException">The element has no end.</exception>
    public (string Name, string Text)? Next(params ReadOnlySpan<string> names)
    {
        int start;
        while ((start = xml.IndexOf('<', _position)) >= 0 && start + 1 < xml.Length)
        {
            var name = NameAt(start + 1);
            _position = start + 1 + name.Length;
            if (names.Contains(name) && _position < xml.Length && xml[_position] == '>')
            {
                return (name, ContentFrom(_position + 1, name)
                    ?? throw new UnexpectedAnswerException($"An element '{name}' of it has no end."));
            }
        }

        return null;
    }

    /// <summary>Returns a text without the entities of XML.</summary>
    /// <param name="text">The text as it is in the document.</param>
    public static string Decoded(string text) => text.Contains('&', StringComparison.Ordinal) ? WebUtility.HtmlDecode(text) : text;

    private string NameAt(int start)
    {
        var end = start;
        while (end < xml.Length && xml[end] is not ('>' or ' ' or '/' or '<' or '\r' or '\n' or '\t'))
        {
            end++;
        }

        return xml[start..end];
    }

    private string? TextFrom(int start, string name) => ContentFrom(start, name) is { } content ? Decoded(content) : null;

    private string? ContentFrom(int start, string name)
    {
        var end = xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? null : xml[start..end];
    }
}
