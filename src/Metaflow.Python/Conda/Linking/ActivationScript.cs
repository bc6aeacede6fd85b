using System.Text;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Follows the lines of shell scripts that do nothing but give a variable a value, as <c>export NAME=value</c> does. No shell is
/// started.</summary>
/// <param name="variables">The variables that the environment sets, to which those of scripts are added.</param>
/// <param name="known">Variables that the process has anyway.</param>
internal sealed class ActivationScript(IDictionary<string, string> variables, IReadOnlyDictionary<string, string> known)
{
    private const string Export = "export";
    private const string Plain = "_-./:,+@%=^~";

    private static readonly string[] Openers = ["if", "for", "while", "until", "case", "select", "{", "("];
    private static readonly string[] Closers = ["fi", "done", "esac", "}", ")"];
    private static readonly string[] Leaders = ["then", "do", "else", "elif", "!"];

    /// <summary>Follows a script.</summary>
    /// <param name="script">Its name.</param>
    /// <param name="text">Its text.</param>
    /// <returns>The lines that were not followed. What stands inside of conditions and functions is among them, and everything after a line
    /// whose end cannot be told.</returns>
    public IReadOnlyList<ScriptLine> Follow(string script, string text)
    {
        var left = new List<ScriptLine>();
        var (depth, isLost, number) = (0, false, 0);
        foreach (var line in text.Split('\n').Select(static line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#' || (depth == 0 && !isLost && TryFollow(line)))
            {
                continue;
            }

            left.Add(new ScriptLine(script, number, line));
            depth += DepthOf(line);
            isLost |= depth < 0 || EndsScript(line) || !IsWhole(line);
        }

        return left;
    }

    private static bool EndsScript(string line) => line.Split(' ', ';', '\t') is ["return" or "exit" or "exec", ..];

    // A text or a command may go on in the next line.
    private static bool IsWhole(string line) => !line.EndsWith('\\') && !line.Contains("<<", StringComparison.Ordinal)
        && line.Count(static letter => letter == '"') % 2 == 0 && line.Count(static letter => letter == '\'') % 2 == 0;

    private static int DepthOf(string line)
    {
        var depth = 0;
        foreach (var command in line.Split(';', '&', '|'))
        {
            var words = command.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).SkipWhile(Leaders.Contains).ToList();
            if (words.Count == 0)
            {
                continue;
            }

            depth += Openers.Contains(words[0]) || words[^1] == "{" ? 1 : Closers.Contains(words[0]) ? -1 : 0;
        }

        return depth;
    }

    private bool TryFollow(string line)
    {
        if (!line.StartsWith(Export, StringComparison.Ordinal) || line.Length == Export.Length
            || line[Export.Length] is not (' ' or '\t'))
        {
            return false;
        }

        var rest = line.AsSpan(Export.Length).TrimStart();
        var equals = rest.IndexOf('=');
        if (equals <= 0 || !IsName(rest[..equals]) || ReadValue(rest[(equals + 1)..], out var end) is not { } value)
        {
            return false;
        }

        var after = rest[(equals + 1 + end)..].Trim();
        if (after.Length > 0 && after is not ";" && (after[0] != '#' || !char.IsWhiteSpace(rest[equals + 1 + end])))
        {
            return false;
        }

        variables[rest[..equals].ToString()] = value;
        return true;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '_')
            {
                return false;
            }
        }

        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }

    // A value as the shell reads it; null if it takes more than quotes and variables that are known.
    private string? ReadValue(ReadOnlySpan<char> text, out int end)
    {
        var value = new StringBuilder();
        var isQuoted = false;
        for (end = 0; end < text.Length; end++)
        {
            var letter = text[end];
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (letter == '$')
            {
                if (ReadVariable(text[(end + 1)..], out var length) is not { } found)
                {
                    return null;
                }

                value.Append(found);
                end += length;
            }
            else if (isQuoted)
            {
                if (letter == '`' || (letter == '\\' && end + 1 == text.Length))
                {
                    return null;
                }

                var isEscape = letter == '\\' && text[end + 1] is ('"' or '\\' or '$' or '`');
                value.Append(isEscape ? text[++end] : letter);
            }
            else if (letter == '\'')
            {
                var length = text[(end + 1)..].IndexOf('\'');
                if (length < 0)
                {
                    return null;
                }

                value.Append(text.Slice(end + 1, length));
                end += length + 1;
            }
            else if (letter is ' ' or '\t' or ';')
            {
                break;
            }
            else if (!char.IsLetterOrDigit(letter) && (!Plain.Contains(letter) || (letter == '~' && value.Length == 0)))
            {
                return null;
            }
            else
            {
                value.Append(letter);
            }
        }

        return isQuoted ? null : value.ToString();
    }

    private string? ReadVariable(ReadOnlySpan<char> text, out int length)
    {
        var isBraced = text.StartsWith("{");
        var name = isBraced ? text[1..] : text;
        var end = 0;
        while (end < name.Length && (char.IsAsciiLetterOrDigit(name[end]) || name[end] == '_'))
        {
            end++;
        }

        length = isBraced ? end + 2 : end;
        if (!IsName(name[..end]) || (isBraced && (end == name.Length || name[end] != '}')))
        {
            return null;
        }

        var key = name[..end].ToString();
        return variables.TryGetValue(key, out var own) ? own : known.GetValueOrDefault(key);
    }
}
