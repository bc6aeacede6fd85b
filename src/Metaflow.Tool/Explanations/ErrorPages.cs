using System.Text;
using System.Text.RegularExpressions;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Tool.Explanations;

/// <summary>The pages on errors and rules that the tool carries with it: those of <c>docs/errors</c>.</summary>
internal static partial class ErrorPages
{
    private const string Root = "errors/";
    private const string Start = "MF";
    private const int CodeLength = 6;

    /// <summary>Gets the codes that have a page, in order.</summary>
    public static IReadOnlyList<string> Codes
        => [.. typeof(ErrorPages).Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Root, StringComparison.Ordinal))
            .Select(static name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal)];

    /// <summary>Finds a code.</summary>
    /// <param name="typed">The code as somebody typed it: in any case, in brackets as errors end with it, or its number alone.</param>
    /// <returns>The code.</returns>
    /// <exception cref="ConfigurationException">MF2004: no page has the code. The exit code is 2.</exception>
    public static string Find(string typed)
    {
        var name = typed.Trim('[', ']', ':', ' ').ToUpperInvariant();
        if (name.Length == CodeLength - Start.Length && name.All(char.IsAsciiDigit))
        {
            name = Start + name;
        }

        var codes = Codes;
        return codes.Contains(name) ? name : throw new ConfigurationException(
            ErrorCodes.InvalidValue,
            $"Invalid value for 'CODE': there is no page on '{typed}'.",
            ClosestName.Find(name, codes, most: 1) is { } near && name.StartsWith(Start, StringComparison.Ordinal)
                ? $"Did you mean '{near}'?"
                : "A code of Metaflow is MF and four digits; 'metaflow explain' lists them. A code of a package is explained by its "
                    + "package.",
            "")
        { ExitCode = ExitCodes.Usage };
    }

    /// <summary>Reads the title of a page.</summary>
    /// <param name="code">The code.</param>
    /// <returns>What the code means, in a few words.</returns>
    public static string TitleOf(string code) => Markdown(code).Split('\n')[0][$"# {code}: ".Length..].Trim();

    /// <summary>Reads a page.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The text as it is written, in Markdown.</returns>
    public static string Markdown(string code)
    {
        using var reader = new StreamReader(typeof(ErrorPages).Assembly.GetManifestResourceStream($"{Root}{code}.md")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    /// <summary>Returns a page for a terminal: without the marks of Markdown, its examples indented.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The text; ends with a line feed.</returns>
    public static string Text(string code)
    {
        var text = new StringBuilder();
        var isExample = false;
        foreach (var line in Markdown(code).TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isExample = !isExample;
                continue;
            }

            text.Append(isExample ? line.Length == 0 ? "" : "    " + line : Unmarked(line)).Append('\n');
        }

        return text.ToString();
    }

    private static string Unmarked(string line)
        => Link().Replace(line.TrimStart('#').TrimStart(), "$1").Replace("**", "", StringComparison.Ordinal)
            .Replace('`', '\'');

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();
}
