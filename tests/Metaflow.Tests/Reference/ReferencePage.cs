using System.Text.RegularExpressions;
using Metaflow.Pages;

namespace Metaflow.Tests.Reference;

/// <summary>The tables of a page that lists members.</summary>
internal static partial class ReferencePage
{
    /// <summary>Reads a page of <c>docs</c>.</summary>
    public static string Read(string page) => RepositoryPage.Read("docs/" + page);

    /// <summary>Returns the cells of the rows whose first cell is a name or a number, without the ticks around them.</summary>
    public static IReadOnlyList<string[]> Rows(string text) =>
    [
        .. Row().Matches(text).Select(static row => row.Groups[1].Value.Split(" | ").Select(static cell => cell.Trim('`')).ToArray()),
    ];

    [GeneratedRegex(@"^\| (`\w+` .*|\d+ .*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
