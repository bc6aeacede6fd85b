using System.Text.RegularExpressions;

namespace Metaflow.Environments.Files;

/// <summary>A package of conda with its version, as people write it: <c>pandas</c>, <c>pandas=1.5.3</c>, <c>pandas&gt;=1.5,&lt;2</c> or
/// <c>channel::pandas=1.5.3</c>.</summary>
/// <param name="Name">The name, with the channel if there is one: <c>channel::pandas</c>.</param>
/// <param name="Constraint">The constraint on the version. <c>=</c> and <c>==</c> are left out: <c>1.5.3</c> means exactly this version.
/// Empty for any.</param>
internal sealed partial record CondaRequirement(string Name, string Constraint)
{
    /// <summary>Reads a requirement.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The requirement; <see langword="null"/> if the text is none.</returns>
    public static CondaRequirement? TryParse(string text)
    {
        var (name, sign, version) = Split(text) ?? default;
        return name is not null && CondaName().IsMatch(name) ? Of(name, sign, version) : null;
    }

    /// <summary>Splits a package with its version.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The name, the first operator, and the version without blanks; <see langword="null"/> if it has not this form.</returns>
    public static (string Name, string Sign, string Version)? Split(string text)
    {
        var match = Package().Match(text);
        return match.Success
            ? (match.Groups["name"].Value.Trim(), match.Groups["sign"].Value, Blanks().Replace(match.Groups["version"].Value, "")) : null;
    }

    /// <summary>Returns true if conda can have a package of a name.</summary>
    /// <param name="name">The name, with the channel if there is one.</param>
    /// <returns>Whether it can.</returns>
    public static bool IsName(string name) => CondaName().IsMatch(name);

    private static CondaRequirement Of(string name, string sign, string version)
        => new(Blanks().Replace(name, ""), sign is "" or "=" or "==" ? version : sign + version);

    [GeneratedRegex(@"^(?<name>[^<>=~!]+?)(?:\s*=\s*(?=[<>=~!]))?(?:\s*(?<sign><=|>=|~=|!=|==|<|>|=)(?<version>.*))?$")]
    private static partial Regex Package();

    [GeneratedRegex(@"^[\w.-]+(?:\s*::\s*[\w.-]+)?$|^[a-z]+://\S+::[\w.-]+$|^[\w.-]+(?:/[\w.-]+)*::[\w.-]+$")]
    private static partial Regex CondaName();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
