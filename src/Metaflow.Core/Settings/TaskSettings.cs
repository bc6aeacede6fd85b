using System.Globalization;

namespace Metaflow.Settings;

/// <summary>The settings of a task's process, read from its environment. Its scheduler has checked them, and handed on what files
/// say.</summary>
internal static class TaskSettings
{
    /// <summary>The most characters of a foreach's value that are recorded when nothing else is set.</summary>
    public const int DefaultForeachValueChars = 30;

    /// <summary>Returns the most characters of a foreach's value that are recorded.</summary>
    /// <returns>The number; -1 when none are recorded at all.</returns>
    public static int ForeachValueChars()
    {
        if (Environment.GetEnvironmentVariable(SettingNames.IncludeForeachStack) is { } include
            && (include is "" or "0" || include.Equals("false", StringComparison.OrdinalIgnoreCase)))
        {
            return -1;
        }

        return int.TryParse(
            Environment.GetEnvironmentVariable(SettingNames.MaximumForeachValueChars), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            ? number
            : DefaultForeachValueChars;
    }

    /// <summary>Makes a new folder for temporary files: in <c>METAFLOW_TEMPDIR</c> where that is set, else in the system's.</summary>
    /// <param name="prefix">What its name begins with.</param>
    /// <returns>The absolute path.</returns>
    public static string MakeTemporaryFolder(string prefix)
    {
        if (Environment.GetEnvironmentVariable(SettingNames.TemporaryFolder) is not { Length: > 0 } parent)
        {
            return Directory.CreateTempSubdirectory(prefix).FullName;
        }

        var folder = Path.GetFullPath(Path.Combine(parent, prefix + Guid.NewGuid().ToString("N")));
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder).FullName
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }
}
