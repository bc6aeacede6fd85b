namespace Metaflow.Platform;

/// <summary>Paths as users write them.</summary>
internal static class UserPath
{
    /// <summary>Returns the absolute path of what a user names.</summary>
    /// <param name="text">The path; <c>~</c> at its beginning is the user's home, which shells put in only where a word begins with
    /// it.</param>
    /// <param name="folder">The folder that it is relative to.</param>
    /// <returns>The absolute path, also of what does not exist.</returns>
    public static string Of(string text, string folder)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Path.GetFullPath(WithHome(text), folder);
    }

    /// <summary>Returns a path with the user's home in the place of <c>~</c>.</summary>
    /// <param name="text">The path.</param>
    /// <returns>The path; relative when it was.</returns>
    public static string WithHome(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text is "~" or ['~', '/' or '\\', ..]
            ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text[1..])
            : text;
    }
}
