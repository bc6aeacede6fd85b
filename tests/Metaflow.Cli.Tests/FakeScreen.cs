using System.Text;
using System.Text.RegularExpressions;

namespace Metaflow.Cli.Tests;

/// <summary>A terminal of some columns that knows lines, returns, movements up, erasing to the end, and lines that are not broken; it
/// ignores colours.</summary>
internal sealed partial class FakeScreen
{
    private readonly List<StringBuilder> _lines = [new()];
    private readonly int _columns;
    private int _row;
    private int _column;
    private bool _wraps = true;

    private FakeScreen(int columns) => _columns = columns;

    /// <summary>Returns the lines, from the first that was written.</summary>
    public static List<string> After(string output, int columns = int.MaxValue)
    {
        var screen = new FakeScreen(columns);
        foreach (Match token in Tokens().Matches(output))
        {
            screen.Take(token);
        }

        return [.. screen._lines.Select(static line => line.ToString().TrimEnd())];
    }

    private void Take(Match token)
    {
        switch (token.Value)
        {
            case "\n":
                MoveDown();
                break;
            case "\r":
                _column = 0;
                break;
            case "\e[?7l" or "\e[?7h":
                _wraps = token.Value.EndsWith('h');
                break;
            case ['\e', ..] when token.Groups["action"].Value == "A":
                _row = Math.Max(0, _row - int.Parse(token.Groups["number"].Value, null));
                break;
            case ['\e', ..] when token.Groups["action"].Value == "J":
                _lines.RemoveRange(_row + 1, _lines.Count - _row - 1);
                _lines[_row].Length = Math.Min(_lines[_row].Length, _column);
                break;
            case ['\e', ..] when token.Groups["action"].Value == "m":
                break;
            case ['\e', ..]:
                throw new NotSupportedException($"The screen does not know '{token.Value[1..]}'.");
            default:
                Put(token.Value);
                break;
        }
    }

    private void Put(string text)
    {
        foreach (var letter in text)
        {
            if (_column == _columns)
            {
                if (!_wraps)
                {
                    return;
                }

                MoveDown();
            }

            var line = _lines[_row];
            line.Append(' ', Math.Max(0, _column + 1 - line.Length));
            line[_column++] = letter;
        }
    }

    private void MoveDown()
    {
        _row++;
        _column = 0;
        if (_row == _lines.Count)
        {
            _lines.Add(new());
        }
    }

    [GeneratedRegex(@"\e\[\??(?<number>[0-9;]*)(?<action>[A-Za-z])|\n|\r|[^\e\n\r]+")]
    private static partial Regex Tokens();
}
