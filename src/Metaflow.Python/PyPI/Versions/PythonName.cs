using System.Buffers;
using System.Text;

namespace Metaflow.Python.PyPI.Versions;

/// <summary>Names of Python packages. Many spellings name one package (PEP 503).</summary>
internal static class PythonName
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Returns the one form of a name: lower case, with <c>-</c> for each run of <c>-</c>, <c>_</c> and <c>.</c>.</summary>
    /// <param name="name">A name of a package or of an extra.</param>
    /// <returns>The one form.</returns>
    public static string Normalize(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            if (character is not ('-' or '_' or '.'))
            {
                text.Append(char.ToLowerInvariant(character));
            }
            else if (text.Length == 0 || text[^1] != '-')
            {
                text.Append('-');
            }
        }

        return text.ToString();
    }

    /// <summary>Returns true if a text can be the name of a package or of an extra (PEP 508).</summary>
    /// <param name="name">The text.</param>
    /// <returns>Whether it begins with a letter or digit, ends with one or with <c>_</c>, and has only these, <c>-</c> and
    /// <c>.</c>.</returns>
    public static bool IsValid(ReadOnlySpan<char> name)
        => !name.IsEmpty && char.IsAsciiLetterOrDigit(name[0]) && (char.IsAsciiLetterOrDigit(name[^1]) || name[^1] == '_')
            && !name.ContainsAnyExcept(Allowed);
}
