using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Reads the summary of a declaration from its <c>///</c> lines.</summary>
/// <remarks>The compiler parses documentation only when it is asked to write it, which file-based programs do not; the lines are always
/// there.</remarks>
internal static class DocumentationText
{
    public static string SummaryOf(ISymbol symbol)
    {
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            if (SummaryOf(reference.GetSyntax()) is { Length: > 0 } summary)
            {
                return summary;
            }
        }

        return "";
    }

    private static string SummaryOf(SyntaxNode declaration)
    {
        var lines = new StringBuilder();
        foreach (var line in declaration.GetLeadingTrivia().ToFullString().Split('\n'))
        {
            var text = line.Trim();
            if (text.StartsWith("///", StringComparison.Ordinal))
            {
                lines.Append(text, 3, text.Length - 3).Append('\n');
            }
        }

        return lines.Length == 0 ? "" : Normalise(SummaryIn(lines.ToString()));
    }

    private static string SummaryIn(string xml)
    {
        try
        {
            var summary = XElement.Parse($"<doc>{xml}</doc>", LoadOptions.PreserveWhitespace).Element("summary");
            return summary is null ? "" : TextOf(summary);
        }
        catch (XmlException)
        {
            // Text that is not XML is still what the author wrote.
            return Regex.Replace(xml, "<[^>]*>", " ");
        }
    }

    private static string TextOf(XElement element) => string.Concat(element.Nodes().Select(static node => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: false } inner => TextOf(inner),
        XElement reference => reference.Attributes().Select(static attribute => ShortName(attribute)).FirstOrDefault() ?? " ",
        _ => "",
    }));

    private static string ShortName(XAttribute attribute)
        => attribute.Name.LocalName == "cref" ? attribute.Value.Substring(attribute.Value.LastIndexOf('.') + 1) : attribute.Value;

    private static string Normalise(string text) => Regex.Replace(text, @"\s+", " ").Trim();
}
