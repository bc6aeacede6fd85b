namespace Metaflow.Settings;

/// <summary>Takes texts of decorators apart: <c>retry:times=2 environment:vars={"A": "1 2"}</c>.</summary>
internal static class DecoratorList
{
    /// <summary>Splits a text at spaces that are not inside a JSON value.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The decorators.</returns>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || char.IsWhiteSpace(text[i]))
            {
                if (i > start)
                {
                    parts.Add(text[start..i]);
                }

                start = i + 1;
            }
            else if (text[i] == '=')
            {
                i = EndOfJson(text, i + 1) - 1;
            }
        }

        return parts;
    }

    /// <summary>Returns where the quoted text, list or map ends that begins at a place; the place itself where none begins, or what
    /// begins never ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The place.</param>
    /// <returns>The place after it.</returns>
    public static int EndOfJson(string text, int start)
    {
        ArgumentNullException.ThrowIfNull(text);
        var depth = 0;
        var isQuoted = false;
        for (var i = start; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\')
            {
                i++;
                continue;
            }

            isQuoted ^= text[i] == '"';
            depth += isQuoted ? 0 : text[i] is '{' or '[' ? 1 : text[i] is '}' or ']' ? -1 : 0;
            if (depth <= 0 && !isQuoted)
            {
                // A first character that opens nothing ends here, too.
                return i == start ? start : i + 1;
            }
        }

        return start;
    }
}
