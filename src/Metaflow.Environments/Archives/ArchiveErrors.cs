using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Archives;

/// <summary>The errors of the files of packages of conda and of the Python package index.</summary>
internal static class ArchiveErrors
{
    public static EnvironmentException Missing(ArchivePackage package, IReadOnlyList<string> places) => new(
        ErrorCodes.PackageMissing,
        $"The package '{package.FullName}' cannot be found.",
        $"It is in none of: {string.Join("; ", places)}.",
        "Run the flow with the datastore in which the environment was resolved, or resolve it anew with 'environment resolve --force' "
            + "where the package can be fetched.");

    public static EnvironmentException Damaged(ArchivePackage package, IReadOnlyList<string> places) => new(
        ErrorCodes.PackageDamaged,
        $"The package '{package.FullName}' is not the one that was locked.",
        $"{string.Join("; ", places)}. No other place has it.",
        "The file was damaged, or replaced by another of the same name. Resolve the environment anew with 'environment resolve --force', "
            + "which stores the package again.");

    public static EnvironmentException NotWritten(ArchivePackage package, string folder, Exception error) => new(
        ErrorCodes.NoRoomForPackages,
        $"The package '{package.FullName}' cannot be written to this machine.",
        error.Message,
        $"Make room in '{folder}' and let your user write there, or choose another folder with METAFLOW_ENVIRONMENTS_FOLDER.",
        error);
}
