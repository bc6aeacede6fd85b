using System.Text;

namespace Metaflow.Naming;

/// <summary>Turns the names of C# members into the names that Metaflow keeps on disk.</summary>
/// <remarks>Compiled into the source generator too, so that it must stay within .NET Standard 2.0.</remarks>
internal static class SnakeCase
{
    /// <summary>Returns the snake case of a member's name: <c>MaxGenres</c> is <c>max_genres</c>, <c>HTMLParser</c> is
    /// <c>html_parser</c>.</summary>
    /// <param name="memberName">A C# identifier.</param>
    /// <returns>The name with a break before a capital that follows a lower-case letter or digit, and before the last
    /// capital of a run that a lower-case letter follows; all in lower case.</returns>
    public static string FromMember(string memberName)
    {
        var name = new StringBuilder(memberName.Length + 4);
        for (var i = 0; i < memberName.Length; i++)
        {
            var letter = memberName[i];
            if (i > 0 && char.IsUpper(letter) && BreaksBefore(memberName, i))
            {
                name.Append('_');
            }

            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    private static bool BreaksBefore(string text, int index)
    {
        var previous = text[index - 1];
        if (char.IsLower(previous) || char.IsDigit(previous))
        {
            return true;
        }

        return char.IsUpper(previous) && index + 1 < text.Length && char.IsLower(text[index + 1]);
    }
}
