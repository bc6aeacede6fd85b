namespace Metaflow.Environments;

/// <summary>Makes texts of others fit into a message: what a file contains may be of any length and have any characters.</summary>
internal static class Shortened
{
    private const int Longest = 120;

    /// <summary>Returns a text on one line, of a length that can be read.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text, or its beginning and <c>…</c>; control characters are replaced.</returns>
    public static string Of(string text)
    {
        var end = text.Length <= Longest ? text.Length : char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
        var start = string.Create(end, text, static (characters, from) =>
        {
            for (var index = 0; index < characters.Length; index++)
            {
                characters[index] = char.IsControl(from[index]) ? '\uFFFD' : from[index];
            }
        });
        return end == text.Length ? start : start + "…";
    }
}
