using Metaflow.Errors;

namespace Metaflow.Python.Conda.Archives;

/// <summary>The errors of the files of conda packages.</summary>
internal static class ArchiveErrors
{
    private const string FetchAnew = "Fetch the package again, or resolve the environment anew with 'environment resolve --force'.";

    /// <summary>The file is cut off, damaged, or of a kind that is not supported.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="why">A sentence.</param>
    /// <param name="cause">What the reader said.</param>
    /// <returns>MF7060.</returns>
    public static EnvironmentException Unreadable(string file, string why, Exception? cause = null) => new(
        ErrorCodes.CondaArchiveUnreadable, $"The conda package '{file}' cannot be unpacked.", why, FetchAnew, cause);

    /// <summary>An entry must not be unpacked.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="entry">The entry's name.</param>
    /// <param name="why">The rest of a sentence that begins with the entry, without its full stop.</param>
    /// <returns>MF7061.</returns>
    public static EnvironmentException Unsafe(string file, string entry, string why) => new(
        ErrorCodes.CondaArchiveUnsafe,
        $"The conda package '{file}' is not unpacked.",
        $"Its entry '{entry}' {why}.",
        "The package was made wrongly, or to do harm. Ask for another version or build of it, or for one from another channel.");

    /// <summary>What the package says about itself cannot be read.</summary>
    /// <param name="package">The file's name.</param>
    /// <param name="member">The member, such as <c>info/index.json</c>.</param>
    /// <param name="why">The rest of a sentence that begins with the member, without its full stop.</param>
    /// <param name="cause">What the reader said.</param>
    /// <returns>MF7062.</returns>
    public static EnvironmentException Metadata(string package, string member, string why, Exception? cause = null) => new(
        ErrorCodes.CondaMetadataUnreadable,
        $"The conda package '{package}' cannot be used.",
        $"Its '{member}' {why}.",
        "The package was made wrongly. Ask for another version or build of it, or for one from another channel.",
        cause);

    /// <summary>The bytes are not those that were locked.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="place">Where it was found.</param>
    /// <param name="difference">A sentence without its full stop.</param>
    /// <returns>MF7023.</returns>
    public static EnvironmentException Damaged(string file, string place, string difference) => new(
        ErrorCodes.PackageDamaged,
        $"The conda package '{file}' is not the one that was locked.",
        $"In '{place}', {difference}. No other place has it.",
        "The file was damaged, or replaced by another of the same name. Resolve the environment anew with 'environment resolve --force'.");

    /// <summary>The package is in none of the places.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="places">The names of the places.</param>
    /// <returns>MF7022.</returns>
    public static EnvironmentException Missing(string file, IEnumerable<string> places) => new(
        ErrorCodes.PackageMissing,
        $"The conda package '{file}' cannot be found.",
        string.Join(", ", places) is { Length: > 0 } names ? $"It is in none of: {names}." : "There is no place to look for it.",
        "Run the flow with the datastore in which the environment was resolved, or resolve it anew with 'environment resolve --force' "
            + "where a channel has the package.");

    /// <summary>There is no room, or the folder cannot be written.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="folder">The folder of this machine for environments.</param>
    /// <param name="cause">What the system said.</param>
    /// <returns>MF7025.</returns>
    public static EnvironmentException NotWritten(string file, string folder, Exception cause) => new(
        ErrorCodes.NoRoomForPackages,
        $"The conda package '{file}' cannot be unpacked.",
        cause.Message,
        $"Make room in '{folder}' and let your user write there, or choose another folder with METAFLOW_ENVIRONMENTS_FOLDER.",
        cause);
}
