using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Python.Conda.Linking;

/// <summary>The errors of conda environments that are made from packages.</summary>
internal static class LinkErrors
{
    /// <summary>A file has no room for the environment's path.</summary>
    /// <param name="package">The package's file.</param>
    /// <param name="path">The file in it.</param>
    /// <param name="prefix">The environment's path.</param>
    /// <param name="room">How many bytes the path may have.</param>
    /// <param name="length">How many it has.</param>
    /// <returns>MF7063.</returns>
    public static EnvironmentException PrefixTooLong(string package, string path, string prefix, int room, int length) => new(
        ErrorCodes.PrefixTooLong,
        $"The environment cannot be made in '{prefix}'.",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Its path has {length} bytes, and '{path}' of the package '{package}' has room for {room}: the path is written into it."),
        string.Create(
            CultureInfo.InvariantCulture,
            $"Choose a shorter folder with METAFLOW_ENVIRONMENTS_FOLDER, so that the environment's path has at most {room} bytes."));

    /// <summary>Two packages have different files of one path.</summary>
    /// <param name="path">The path in the environment.</param>
    /// <param name="first">The file of the package that has it first.</param>
    /// <param name="other">The path as the other package writes it.</param>
    /// <param name="second">The file of the other package.</param>
    /// <returns>MF7064.</returns>
    public static EnvironmentException ClaimedTwice(string path, string first, string other, string second) => new(
        ErrorCodes.PathClaimedTwice,
        "The environment cannot be made: two of its packages have different files of one path.",
        path == other
            ? $"Both '{first}' and '{second}' have '{path}', and the files differ."
            : $"'{first}' has '{path}', '{second}' has '{other}', and both cannot be there"
                + (string.Equals(path, other, StringComparison.OrdinalIgnoreCase) ? ": the file system takes them for one name." : "."),
        "Ask for another version or build of one of the two, or leave one of them out.");

    /// <summary>A package for any Python is in an environment without Python.</summary>
    /// <param name="package">The package's file.</param>
    /// <returns>MF7065.</returns>
    public static EnvironmentException PythonMissing(string package) => new(
        ErrorCodes.PackageNeedsPython,
        $"The conda package '{package}' cannot be put into the environment.",
        "It is a package for any Python, and goes where the environment's Python has its modules; the environment has no package 'python'.",
        "Add 'python' to the packages of the environment, and resolve it anew.");

    /// <summary>A command needs a program for Windows.</summary>
    /// <param name="package">The package's file.</param>
    /// <param name="command">The command.</param>
    /// <returns>MF7066.</returns>
    public static EnvironmentException LauncherUnsupported(string package, string command) => new(
        ErrorCodes.LauncherUnsupported,
        $"The conda package '{package}' cannot be put into an environment for Windows.",
        $"Its command '{command}' needs a program that starts it, which Metaflow does not make.",
        "Make the environment on Linux or macOS, or ask for a build of the package for Windows alone.");

    /// <summary>macOS does not sign a file that was changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="why">What the tool said.</param>
    /// <returns>MF7067.</returns>
    public static EnvironmentException SigningFailed(string path, string why) => new(
        ErrorCodes.CodeSigningFailed,
        $"The file '{path}' cannot be signed.",
        $"The environment's path was written into it, so that macOS starts it only with a new signature. The tool says: {why}",
        "Install the command line tools of Xcode, which have 'codesign', and make the environment again.");

    /// <summary>A path cannot be that of an environment.</summary>
    /// <param name="prefix">The path.</param>
    /// <param name="why">A sentence.</param>
    /// <returns>MF7068.</returns>
    public static EnvironmentException PrefixUnusable(string prefix, string why) => new(
        ErrorCodes.PrefixUnusable, $"No environment can be made in '{prefix}'.", why, "Choose another folder for it.");

    /// <summary>The folder has files that are not this environment's.</summary>
    /// <param name="prefix">The folder.</param>
    /// <param name="why">A sentence.</param>
    /// <returns>MF7043.</returns>
    public static EnvironmentException HasContent(string prefix, string why) => new(
        ErrorCodes.FolderHasContent, $"The environment cannot be made in '{prefix}'.", why, "Choose another folder, or delete this one.");

    /// <summary>The folder cannot be written.</summary>
    /// <param name="prefix">The folder.</param>
    /// <param name="cause">What the system said.</param>
    /// <returns>MF7045.</returns>
    public static EnvironmentException NotWritten(string prefix, Exception cause) => new(
        ErrorCodes.EnvironmentFolderNotWritten,
        $"The environment cannot be made in '{prefix}'.",
        cause.Message,
        "Make room there and let your user write there, or choose another folder.",
        cause);
}
