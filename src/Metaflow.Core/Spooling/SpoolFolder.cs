using Metaflow.Platform;

namespace Metaflow.Spooling;

/// <summary>The folder for temporary files. It is read here and not by the settings, which know the stores and so the values that are
/// spooled.</summary>
internal static class SpoolFolder
{
    private const string Variable = "METAFLOW_TEMPDIR";

    /// <summary>Returns the folder: that of the setting, which is made if there is none, else the system's.</summary>
    /// <returns>The absolute path.</returns>
    public static string Find() => ProcessVariables.ValueOf(Variable) is { Length: > 0 } folder
        ? Directory.CreateDirectory(Path.GetFullPath(folder)).FullName
        : Path.GetTempPath();
}
