using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Metaflow.Generators.Tests.Compiling;

/// <summary>Source with places marked by <c>[|</c> and <c>|]</c>.</summary>
internal sealed record MarkedSource(string Text, IReadOnlyList<TextSpan> Spans)
{
    /// <summary>Gets the text of the first place, or <see langword="null"/> where none is marked.</summary>
    public string? Place => Spans.Count == 0 ? null : TextAt(Spans[0]);

    public static MarkedSource Parse(string marked)
    {
        var parts = marked.Replace("{|", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal).Split("[|");
        var text = new StringBuilder(parts[0]);
        var spans = new List<TextSpan>();
        foreach (var part in parts.Skip(1))
        {
            var length = part.IndexOf("|]", StringComparison.Ordinal);
            spans.Add(new TextSpan(text.Length, length));
            text.Append(part, 0, length).Append(part, length + 2, part.Length - length - 2);
        }

        return new MarkedSource(text.ToString(), spans);
    }

    public string TextAt(TextSpan span) => Text.Substring(span.Start, span.Length);
}
