using System.Text.RegularExpressions;

namespace Metaflow.Environments.Requirements;

/// <summary>The versions of Python packages as texts (PEP 440).</summary>
internal static partial class PythonVersionText
{
    /// <summary>Returns the canonical text of a version, without zeros at its end: <c>1.0</c> becomes <c>1</c>. Metaflow's extension
    /// computes the identity of environments from it.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The canonical text; what is no single version stays as it is.</returns>
    public static string Canonicalize(string text)
    {
        var match = VersionPattern().Match(text);
        if (!match.Success)
        {
            return text;
        }

        var epoch = Number(match.Groups["epoch"].Value);
        var release = string.Join('.', match.Groups["release"].Value.Split('.').Select(Number));
        var post = match.Groups["post1"].Success ? match.Groups["post1"].Value : match.Groups["post3"].Value;
        return string.Concat(
            epoch == "0" ? "" : epoch + "!",
            ZerosAtEnd().Replace(release, ""),
            match.Groups["pre"].Success ? Label(match.Groups["pre1"].Value) + Number(match.Groups["pre2"].Value) : "",
            match.Groups["post"].Success ? ".post" + Number(post) : "",
            match.Groups["dev"].Success ? ".dev" + Number(match.Groups["dev2"].Value) : "")
            + Local(match.Groups["local"]);
    }

    /// <summary>Returns the constraint on Python's version that a user means: <c>3.11</c> is any 3.11, as nobody means 3.11.0.</summary>
    /// <param name="text">The text, such as <c>3.11</c>, <c>3.11.4</c> or <c>&gt;=3.10</c>.</param>
    /// <returns>The constraint, such as <c>3.11.*</c>.</returns>
    public static string Widen(string text)
    {
        var trimmed = text.Trim();
        var version = trimmed.TrimStart('=').TrimStart();
        return MajorAndMinor().IsMatch(version) ? version + ".*" : Whole().IsMatch(version) ? version : trimmed;
    }

    private static string Number(string digits) => digits.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0";

    private static string Label(string label) => label.ToLowerInvariant() switch
    {
        "alpha" => "a",
        "beta" => "b",
        "c" or "pre" or "preview" => "rc",
        var other => other,
    };

    private static string Local(Group local)
        => local.Success
            ? "+" + string.Join('.', local.Value.ToLowerInvariant().Split('.', '-', '_').Select(LocalPart))
            : "";

    private static string LocalPart(string part) => part.All(char.IsAsciiDigit) ? Number(part) : part;

    [GeneratedRegex(
        """
        ^\s*v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)
        (?<pre>[-_.]?(?<pre1>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<pre2>[0-9]+)?)?
        (?<post>-(?<post1>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<post3>[0-9]+)?)?
        (?<dev>[-_.]?dev[-_.]?(?<dev2>[0-9]+)?)?
        (?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"(\.0)+$")]
    private static partial Regex ZerosAtEnd();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?$")]
    private static partial Regex MajorAndMinor();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)*(\.\*)?$")]
    private static partial Regex Whole();
}
