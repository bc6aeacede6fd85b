using System.Text.RegularExpressions;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads a package of NuGet in the lines of a file: <c>Newtonsoft.Json==12.0.3</c>, <c>Serilog &gt;=3,&lt;5</c>,
/// <c>Acme.Lib=[1.0,2.0)</c>.</summary>
internal static partial class NuGetLine
{
    private const int LongestIdentifier = 100;

    /// <summary>Adds a package.</summary>
    /// <param name="builder">Collects the packages.</param>
    /// <param name="file">The file.</param>
    /// <param name="text">The package with its constraint.</param>
    /// <param name="line">The number of the line.</param>
    /// <exception cref="ConfigurationException">It is no package, or its constraint is wrong (MF7103 to MF7105, MF7111).</exception>
    public static void Add(RequirementBuilder builder, InputFile file, string text, int line)
    {
        var match = Package().Match(text.Trim());
        var identifier = match.Groups["id"].Value;
        if (!match.Success || !IsIdentifier(identifier))
        {
            throw file.Error(
                ErrorCodes.LineNotUnderstood,
                line,
                text.Trim(),
                "This is no package of NuGet: an identifier, then a constraint on the version that begins with '=', '<', '>', '~' or '['.",
                "Write it as in Newtonsoft.Json==12.0.3, Newtonsoft.Json>=12,<14, or Newtonsoft.Json=[12.0,14.0).");
        }

        builder.Add(Categories.NuGet, identifier, match.Groups["constraint"].Value, line);
    }

    /// <summary>Says whether a text can identify a package of NuGet.</summary>
    /// <param name="text">The text.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public static bool IsIdentifier(string text) => text.Length <= LongestIdentifier && Identifier().IsMatch(text);

    // Before a range or a floating version an equals sign says nothing.
    [GeneratedRegex(@"^(?<id>[^\s=<>~!\[\(]+)\s*(?:=+\s*(?=[\[\(]))?(?<constraint>(?:[=<>~!\[\(].*)?)$")]
    private static partial Regex Package();

    [GeneratedRegex(@"^\w+(?:[.-]\w+)*$")]
    private static partial Regex Identifier();
}
