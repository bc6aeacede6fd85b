using Metaflow.Errors;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>The errors of wheels and of installed packages.</summary>
internal static class WheelErrors
{
    private const int ShownFiles = 5;

    /// <summary>A wheel is not what its format demands.</summary>
    /// <param name="wheel">The name of its file.</param>
    /// <param name="why">What is wrong, as sentences.</param>
    /// <param name="inner">What was met.</param>
    /// <returns>The error (MF7071).</returns>
    public static EnvironmentException Malformed(string wheel, string why, Exception? inner = null) => new(
        ErrorCodes.WheelMalformed,
        $"The wheel '{wheel}' cannot be installed.",
        why,
        "The file is damaged, or was made wrong. Fetch it again; if it stays so, take another version of the package.",
        inner);

    /// <summary>The bytes of a wheel are not those that were locked.</summary>
    /// <param name="wheel">The name of its file.</param>
    /// <param name="expected">The SHA-256 that was locked.</param>
    /// <param name="found">The SHA-256 of the file.</param>
    /// <returns>The error (MF7023).</returns>
    public static EnvironmentException Damaged(string wheel, string expected, string found) => new(
        ErrorCodes.PackageDamaged,
        $"The wheel '{wheel}' is not the one that was locked.",
        $"The SHA-256 of its file is {found}; the environment was resolved with {expected}.",
        "The file was damaged, or replaced by another of the same version. Resolve the environment anew with 'environment resolve "
            + "--force', which stores the package again.");

    /// <summary>A wheel is made for another Python or kind of machine.</summary>
    /// <param name="wheel">The name of its file.</param>
    /// <param name="best">The best tag that would fit.</param>
    /// <returns>The error (MF7072).</returns>
    public static EnvironmentException Unsuitable(string wheel, string best) => new(
        ErrorCodes.WheelUnsuitable,
        $"The wheel '{wheel}' cannot be installed here.",
        $"Its name says that it is made for another Python or another kind of machine than '{best}'.",
        "Resolve the environment for this Python and this kind of machine.");

    /// <summary>Files are there already and belong to others.</summary>
    /// <param name="wheel">The name of the package that is installed.</param>
    /// <param name="taken">The files and their owners.</param>
    /// <returns>The error (MF7073).</returns>
    public static EnvironmentException FilesTaken(string wheel, IReadOnlyList<(string Path, string Owner)> taken)
    {
        var files = taken.Take(ShownFiles).Select(static file => $"'{file.Path}' of '{file.Owner}'");
        var more = taken.Count > ShownFiles ? $", and {taken.Count - ShownFiles} more" : "";
        return new(
            ErrorCodes.WheelFileTaken,
            $"The package '{wheel}' has files that other packages have with other content.",
            $"These are there already: {string.Join(", ", files)}{more}.",
            "Leave out one of the packages, or take versions of them that have no file in common.");
    }

    /// <summary>Another version of the package is there.</summary>
    /// <param name="name">The package.</param>
    /// <param name="version">The version that is there.</param>
    /// <returns>The error (MF7073).</returns>
    public static EnvironmentException Installed(string name, string version) => new(
        ErrorCodes.WheelFileTaken,
        $"The package '{name}' cannot be installed.",
        $"The folder has its version {version} already.",
        "Remove that version first.");

    /// <summary>A package cannot be removed.</summary>
    /// <param name="distribution">The package.</param>
    /// <param name="why">The reason, as sentences.</param>
    /// <returns>The error (MF7079).</returns>
    public static EnvironmentException NotRemovable(string distribution, string why) => new(
        ErrorCodes.DistributionNotRemovable,
        $"The Python package '{distribution}' cannot be removed.",
        why,
        "Take the version that is installed, or create the environment anew without it.");

    /// <summary>A folder cannot be written.</summary>
    /// <param name="what">What cannot be done, as a sentence.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="why">The reason.</param>
    /// <param name="inner">What was met.</param>
    /// <returns>The error (MF7045).</returns>
    public static EnvironmentException NotWritten(string what, string folder, string why, Exception? inner = null) => new(
        ErrorCodes.EnvironmentFolderNotWritten,
        what,
        Sentence.Of(why),
        $"Make room in '{folder}' and let your user write there, or choose another folder.",
        inner);
}
