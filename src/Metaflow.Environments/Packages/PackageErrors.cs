using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Packages;

/// <summary>The errors of packages on this machine and in the cache.</summary>
internal static class PackageErrors
{
    public static EnvironmentException Damaged(NuGetPackage package, string place, string sha256) => new(
        ErrorCodes.PackageDamaged,
        $"The package '{package.Id}' {package.Version} is not the one that was locked.",
        $"In '{place}', the SHA-256 of its file is {sha256}; the environment was resolved with {package.Sha256}. No other place has it.",
        "The file was damaged, or replaced by another of the same version. Resolve the environment anew with 'environment resolve "
            + "--force', which stores the package again.");

    public static EnvironmentException ContentDiffers(string id, string version, string path, string found, string expected) => new(
        ErrorCodes.PackageDamaged,
        $"The file '{path}' is not the package '{id}' {version}.",
        $"NuGet knows its content by the hash '{expected}'; that of the file is '{found}'.",
        "The file was changed after NuGet had fetched it. Delete its folder, so that NuGet fetches it again.");

    public static EnvironmentException Lacks(NuGetPackage package, string path) => new(
        ErrorCodes.PackageDamaged,
        $"The package '{package.Id}' {package.Version} cannot be unpacked.",
        $"It has no file '{path}', which the environment's record names.",
        "Resolve the environment anew with 'environment resolve --force'.");

    public static EnvironmentException Missing(NuGetPackage package, IEnumerable<string> places) => new(
        ErrorCodes.PackageMissing,
        $"The package '{package.Id}' {package.Version} cannot be found.",
        $"It is in none of: {string.Join(", ", places)}.",
        "Run the flow with the datastore in which the environment was resolved, or resolve it anew with 'environment resolve --force' "
            + "where a feed has the package.");

    public static EnvironmentException NotWritten(NuGetPackage package, string folder, Exception error) => new(
        ErrorCodes.NoRoomForPackages,
        $"The package '{package.Id}' {package.Version} cannot be unpacked.",
        error.Message,
        $"Make room in '{folder}' and let your user write there, or choose another folder with METAFLOW_ENVIRONMENTS_FOLDER.",
        error);

    public static EnvironmentException NotRemoved(string what, string folder, Exception error) => new(
        ErrorCodes.NoRoomForPackages,
        $"{what} cannot be removed.",
        error.Message,
        $"Let your user write in '{folder}', or delete the folder yourself.",
        error);

    public static EnvironmentException FilesNotWritten(string folder, Exception error) => new(
        ErrorCodes.NoRoomForPackages,
        $"The files with which a program starts in its environment cannot be written to '{folder}'.",
        error.Message,
        "Make room there and let your user write there, or choose another folder with METAFLOW_ENVIRONMENTS_FOLDER.",
        error);

    public static EnvironmentException NoRoom(string folder, long needed, long free) => new(
        ErrorCodes.NoRoomForPackages,
        $"There is no room for the packages of the environment in '{folder}'.",
        $"They need {Naming.AmountText.Size(needed)}, and {Naming.AmountText.Size(free)} are free.",
        "Delete environments that you no longer need ('metaflow environment gc'), or choose a folder on another disk with "
            + "METAFLOW_ENVIRONMENTS_FOLDER.");
}
