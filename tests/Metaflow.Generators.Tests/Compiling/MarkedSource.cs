using Microsoft.CodeAnalysis.Text;

namespace Metaflow.Generators.Tests.Compiling;

/// <summary>Source with one place marked by <c>[|</c> and <c>|]</c>.</summary>
internal sealed record MarkedSource(string Text, string? Place)
{
    public static MarkedSource Parse(string marked)
    {
        var text = marked.Replace("{|", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);
        var start = text.IndexOf("[|", StringComparison.Ordinal);
        if (start < 0)
        {
            return new MarkedSource(text, null);
        }

        var end = text.IndexOf("|]", StringComparison.Ordinal);
        var place = text[(start + 2)..end];
        return new MarkedSource(text[..start] + place + text[(end + 2)..], place);
    }

    public string TextAt(TextSpan span) => Text.Substring(span.Start, span.Length);
}
