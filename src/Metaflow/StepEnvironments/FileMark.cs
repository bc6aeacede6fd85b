using System.Globalization;

namespace Metaflow.StepEnvironments;

/// <summary>What a file looked like at a moment: enough to notice that it was changed, without reading it.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Length">The length in bytes; -1 if there was no file.</param>
/// <param name="ChangedAt">When it was changed, in ticks of UTC; 0 if there was no file.</param>
/// <param name="Mode">Who may read and run it, as Unix numbers it; 0 if there was no file.</param>
internal readonly record struct FileMark(string Path, long Length, long ChangedAt, int Mode)
{
    private const char Separator = '\t';

    /// <summary>Gets the mark as a line of text.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Length}{Separator}{ChangedAt}{Separator}{Mode}{Separator}{Path}");

    /// <summary>Returns what a file looks like now.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <returns>The mark.</returns>
    /// <exception cref="IOException">The system does not say.</exception>
    public static FileMark Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? new FileMark(path, file.Length, file.LastWriteTimeUtc.Ticks, (int)file.UnixFileMode) : new FileMark(path, -1, 0, 0);
    }

    /// <summary>Reads a line of <see cref="Line"/>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="mark">The mark.</param>
    /// <returns>Whether it is such a line.</returns>
    public static bool TryParse(string line, out FileMark mark)
    {
        var parts = line.Split(Separator, 4);
        if (parts.Length == 4 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var changedAt)
            && int.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var mode))
        {
            mark = new FileMark(parts[3], length, changedAt, mode);
            return true;
        }

        mark = default;
        return false;
    }
}
