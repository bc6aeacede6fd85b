using Metaflow.Errors;
using NuGet.Versioning;

namespace Metaflow.Environments.Requirements;

/// <summary>What the category <see cref="Categories.DotNet"/> says: the framework that packages are chosen for, <c>dotnet::net10.0</c>, and
/// the exact version of the runtime that a step runs on, <c>dotnet::runtime==10.0.13</c>.</summary>
internal static class RuntimeRequirement
{
    /// <summary>The name under which requirements have the version of the runtime.</summary>
    public const string Name = "runtime";

    private const string Prefix = $"{Name}==";

    /// <summary>Returns the version of the runtime among requirements.</summary>
    /// <param name="requirements">The requirements of an environment.</param>
    /// <returns>The version; <see langword="null"/> if the machine's own runtime is used.</returns>
    public static string? VersionOf(IEnumerable<TypedText> requirements)
        => requirements.FirstOrDefault(static text => text.Category == Categories.DotNet && IsVersion(text)) is { } found
            ? found.Value[Prefix.Length..] : null;

    /// <summary>Returns the framework among requirements.</summary>
    /// <param name="requirements">The requirements of an environment.</param>
    /// <returns>The framework, such as <c>net10.0</c>; <see langword="null"/> if there are no packages of NuGet.</returns>
    public static string? FrameworkOf(IEnumerable<TypedText> requirements) => requirements.FirstOrDefault(IsFramework)?.Value;

    /// <summary>Returns true if a requirement is the framework, which follows from the program and is not asked for.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsFramework(TypedText requirement) => requirement.Category == Categories.DotNet && !IsVersion(requirement);

    /// <summary>Reads a version of the runtime.</summary>
    /// <param name="version">What a user writes, such as <c>10.0.13</c>.</param>
    /// <param name="place">Where it is asked for.</param>
    /// <returns>The one text of the version.</returns>
    /// <exception cref="ConfigurationException">MF7103: it is no exact version.</exception>
    public static string Normalize(string version, string place)
        => NuGetVersion.TryParseStrict(version, out var parsed) ? parsed.ToNormalizedString() : throw new ConfigurationException(
            ErrorCodes.ConstraintUnreadable,
            version.Length == 0
                ? $"There is no version of .NET in {place}."
                : $"The version of .NET '{Shortened.Of(version)}' in {place} cannot be read.",
            "A step runs on one exact version of the runtime, which has three numbers.",
            "Write it in full, such as [DotNet(\"10.0.13\")] or '--with dotnet:runtime=10.0.13'.")
        { ExitCode = ExitCodes.Usage };

    /// <summary>Refuses a runtime that is older than the framework that a program was compiled for.</summary>
    /// <param name="version">The version of the runtime.</param>
    /// <param name="framework">The framework, such as <c>net10.0</c>.</param>
    /// <param name="name">Who asks for it, such as <c>step 'train'</c>.</param>
    /// <exception cref="ConfigurationException">MF7107.</exception>
    public static void RequireFor(string version, string framework, string name)
    {
        var runtime = NuGetVersion.Parse(version);
        if (System.Version.TryParse(framework.AsSpan("net".Length), out var compiled)
            && (runtime.Major, runtime.Minor).CompareTo((compiled.Major, compiled.Minor)) < 0)
        {
            throw new ConfigurationException(
                ErrorCodes.RuntimeUnsuitable,
                $"The runtime .NET {version}, which {name} asks for, cannot run the program.",
                $"The program was compiled for {framework}, and a runtime runs programs of its own version and of earlier ones.",
                $"Ask for a version of .NET {compiled.Major}.{compiled.Minor} or later, or compile the program for an earlier framework "
                    + "(TargetFramework).")
            { ExitCode = ExitCodes.Usage };
        }
    }

    private static bool IsVersion(TypedText requirement) => requirement.Value.StartsWith(Prefix, StringComparison.Ordinal);
}
