using System.Text.RegularExpressions;
using Metaflow.Environments.Requirements;

namespace Metaflow.Environments.Files;

/// <summary>A requirement of a Python package as PEP 508 writes it: <c>name[extra]&gt;=1,&lt;2; python_version&gt;"3.9"</c>.</summary>
/// <param name="Name">The name with its extras, and with the address if there is one: <c>name[x,y]@https://…</c>.</param>
/// <param name="Constraint">The constraint on the version; a single <c>==</c> is left out.</param>
/// <param name="Marker">The marker in one form; empty if there is none.</param>
internal sealed partial record PythonRequirement(string Name, string Constraint, string Marker)
{
    private const string Start = @"[ \t]*v?(?:[0-9]+!)?[0-9]+";
    private const string End = @"(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?[0-9]*)?"
        + @"(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?(?:[-_.]?dev[-_.]?[0-9]*)?";

    // The versions that each operator takes, as PEP 440 says.
    private const string Item = @"===[ \t]*[^ \t;),]+"
        + $@"|[=!]={Start}(?:\.[0-9]+)*(?:\.\*|{End}(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?)"
        + $@"|~={Start}(?:\.[0-9]+)+{End}|[<>]=?{Start}(?:\.[0-9]+)*{End}";

    /// <summary>Gets the constraint with its marker, as requirements keep it: <c>&lt;2,&gt;=1;python_version &gt; "3.9"</c>.</summary>
    public string Version => Marker.Length == 0 ? Constraint : $"{Constraint};{Marker}";

    /// <summary>Reads a requirement.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The requirement; <see langword="null"/> if the text is none.</returns>
    public static PythonRequirement? TryParse(string text)
    {
        var head = Head().Match(text);
        if (!head.Success)
        {
            return null;
        }

        var extras = head.Groups["extra"].Captures.Select(static extra => extra.Value).Distinct().Order(StringComparer.Ordinal).ToList();
        var name = head.Groups["name"].Value + (extras.Count == 0 ? "" : $"[{string.Join(',', extras)}]");
        var address = Address().Match(text, head.Length);
        if (address.Success)
        {
            var url = address.Groups["url"].Value;
            return HasHost(url) && Marked(text, head.Length + address.Length, out var condition)
                ? new PythonRequirement($"{name}@{url}", "", condition)
                : null;
        }

        var versions = Versions().Match(text, head.Length);
        var items = versions.Groups["item"].Captures.Select(static item => Blanks().Replace(item.Value, ""))
            .Distinct().Order(StringComparer.Ordinal);
        return Marked(text, head.Length + versions.Length, out var marker)
            ? new PythonRequirement(name, string.Join(',', items).TrimStart(' ', '='), marker)
            : null;
    }

    private static bool Marked(string text, int start, out string marker)
    {
        marker = "";
        var rest = text.AsSpan(start).Trim();
        return rest.IsEmpty || (rest[0] == ';' && PythonMarker.TryNormalize(rest[1..].ToString(), out marker));
    }

    private static bool HasHost(string url)
        => url.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            || (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0);

    [GeneratedRegex(
        @"\G[ \t]*(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)(?![A-Za-z0-9._-])[ \t]*"
        + @"(?:\[[ \t]*(?:(?<extra>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)"
        + @"(?:[ \t]*,[ \t]*(?<extra>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?))*)?[ \t]*\])?[ \t]*")]
    private static partial Regex Head();

    [GeneratedRegex(@"\G@[ \t]*(?<url>[^ \t]+)(?:[ \t]+|$)")]
    private static partial Regex Address();

    [GeneratedRegex(
        $@"\G(?<open>\()?[ \t]*(?:(?<item>{Item})(?:[ \t]*,[ \t]*(?<item>{Item}))*[ \t]*,?)?[ \t]*(?(open)\)|)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Versions();

    [GeneratedRegex(@"[ \t]")]
    private static partial Regex Blanks();
}
