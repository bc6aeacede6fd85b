using System.Text.RegularExpressions;

namespace Metaflow.Python.Conda.Matching;

/// <summary>Hides credentials in addresses.</summary>
internal static partial class SecretText
{
    /// <summary>Returns a text in which addresses have no user, no password and no token.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text to print.</returns>
    public static string Redact(string text) => Token().Replace(UserAndPassword().Replace(text, "$1"), "/t/***/");

    /// <summary>Returns an address without user, password and token, as records have it.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The address without secrets.</returns>
    public static string Remove(string address) => Token().Replace(UserAndPassword().Replace(address, "$1"), "/");

    [GeneratedRegex(@"([a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@]*@")]
    private static partial Regex UserAndPassword();

    [GeneratedRegex(@"/t/[^/\s]+/")]
    private static partial Regex Token();
}
