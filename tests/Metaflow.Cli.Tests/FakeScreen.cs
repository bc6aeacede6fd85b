using System.Text;
using System.Text.RegularExpressions;

namespace Metaflow.Cli.Tests;

/// <summary>A terminal that knows lines, returns, erasing of a line, and ignores colours.</summary>
internal static partial class FakeScreen
{
    public static List<string> After(string output)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (var token in Tokens().Matches(output).Select(static match => match.Value))
        {
            switch (token)
            {
                case "\n":
                    lines.Add(line.ToString());
                    line.Clear();
                    break;
                case "\r":
                    // The view erases whenever it returns; otherwise the text would be written over.
                    break;
                case "\e[2K":
                    line.Clear();
                    break;
                case ['\e', ..]:
                    break;
                default:
                    line.Append(token);
                    break;
            }
        }

        lines.Add(line.ToString());
        return lines;
    }

    [GeneratedRegex(@"\e\[\??[0-9;]*[A-Za-z]|\n|\r|[^\e\n\r]+")]
    private static partial Regex Tokens();
}
