using System.Text.RegularExpressions;
using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Resolution;

/// <summary>The errors of looking for packages.</summary>
internal static partial class ResolutionErrors
{
    private const string FeedUnreachable = "NU1301";

    /// <summary>Returns the error that names all problems at once.</summary>
    /// <param name="problems">The problems, each with the environment that has it.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException NotFound(IReadOnlyList<(string Name, RestoreProblem Problem)> problems)
    {
        var texts = problems.GroupBy(static each => each.Problem)
            .Select(static same => $"{string.Join(", ", same.Select(static each => each.Name).Distinct())}: {Shown(same.Key)}");
        return new EnvironmentException(
            ErrorCodes.PackagesNotFound,
            "Packages cannot be found.",
            string.Join(" ", texts),
            Remedy([.. problems.Select(static each => each.Problem).Distinct()]));
    }

    /// <summary>Returns the error of a package that is not the one that a lock file knows.</summary>
    /// <param name="name">Names the environment.</param>
    /// <param name="package">The package.</param>
    /// <param name="expected">The hash in the lock file.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException LockDiffers(string name, NuGetPackage package, string expected) => new(
        ErrorCodes.LockHashDiffers,
        $"The package '{package.Id}' {package.Version} is not the one that {name} has locked.",
        $"The lock file knows its content by the hash '{expected}'; the package from '{package.Url}' has '{package.ContentHash}'.",
        "Two feeds have different packages of this version, or one was replaced. Name the feed that the lock file was made with, or "
            + "restore the project with '--force-evaluate' if the new content is right.");

    private static string Shown(RestoreProblem problem)
    {
        // NuGet writes a line for each source and for each package on the way.
        var lines = problem.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct();
        var text = string.Join(" ", lines.Select(static line => line.TrimStart('-', ' ')).Select(Ended));
        return problem.Code.Length == 0 ? text : $"{text} ({problem.Code})";
    }

    // NU1101: no such package. NU1102: no such version.
    private static bool IsAbsentRuntime(RestoreProblem problem)
        => problem.Code is "NU1101" or "NU1102" && problem.Text.Contains(RuntimePack.IdOf(""), StringComparison.OrdinalIgnoreCase);

    private static string Ended(string line) => line[^1] is '.' or ':' or ']' ? line : line + ".";

    private static string Remedy(IReadOnlyList<RestoreProblem> problems)
        => problems.Any(static problem => IsOfConfiguration().IsMatch(problem.Text))
            ? "Correct the configuration file of NuGet that is named. 'dotnet nuget list source' reads it, too."
        : problems.Any(static problem => IsOfFolder().IsMatch(problem.Text))
            ? "Let your user write in the folder that is named, and make room there. NUGET_PACKAGES names another folder for packages, and "
                + "DOTNET_CLI_HOME one for the SDK's own files."
        : problems.Any(IsAbsentRuntime)
            ? "Choose a version of .NET that a feed has, or add the feed that has it with [NuGetSources]: a runtime comes as the package "
                + "that is named."
        : Remedy([.. problems.Select(static problem => problem.Code)]);

    private static string Remedy(IReadOnlyList<string> codes) => codes switch
    {
        _ when codes.Contains(FeedUnreachable) =>
            "Check the connection to the feed, and the sources of 'dotnet nuget list source'. "
                + "Environments that were resolved before need no feed.",
        _ when codes.Contains("NU1107") || codes.Contains("NU1605") || codes.Contains("NU1608") =>
            "Name a version of the package in question with [NuGet] on the step, so that all that need it accept it.",
        _ when codes.Contains("NU1101") => "Check the identifier, and add the feed that has the package with [NuGetSources].",
        _ => "Choose a version that a feed has, or add the feed that has it with [NuGetSources].",
    };

    [GeneratedRegex(@"nuget\.config|config(uration)? file", RegexOptions.IgnoreCase)]
    private static partial Regex IsOfConfiguration();

    [GeneratedRegex(
        "Access to the path|Permission denied|Read-only file system|Could not find a part of the path|No space left|not enough space",
        RegexOptions.IgnoreCase)]
    private static partial Regex IsOfFolder();
}
