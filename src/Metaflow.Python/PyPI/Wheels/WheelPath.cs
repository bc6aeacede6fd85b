namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Paths in wheels, which anybody may have written.</summary>
internal static class WheelPath
{
    /// <summary>Refuses a path that could lead out of the folder it is put into.</summary>
    /// <param name="path">The path, with <c>/</c>; one at its end is for a folder.</param>
    /// <exception cref="InvalidDataException">It could.</exception>
    public static void Require(string path)
    {
        var parts = (path.EndsWith('/') ? path[..^1] : path).Split('/');
        if (Array.Exists(parts, static part => part is "" or "." or "..") || path.Any(IsRefused))
        {
            throw new InvalidDataException($"It has a file with the path '{path}', which is no path below a folder.");
        }
    }

    // A colon names a drive or a stream of a file on Windows, and a backslash is a separator there.
    private static bool IsRefused(char character) => character is '\\' or ':' || char.IsControl(character);
}
