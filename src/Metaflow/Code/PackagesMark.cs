namespace Metaflow.Code;

/// <summary>The part of a step's identity that names the packages of its environment. It stands at the end, so that a reader can tell a
/// change of packages from one of code.</summary>
internal static class PackagesMark
{
    /// <summary>The reason for which a step with other packages runs again.</summary>
    public const string OtherPackages = "its packages changed";

    private const string Start = " packages:";

    /// <summary>Adds the packages to an identity.</summary>
    /// <param name="identity">The identity without packages.</param>
    /// <param name="packages">What identifies the packages; <see langword="null"/> for those of the program.</param>
    /// <returns>The identity.</returns>
    public static string Add(string identity, string? packages) => packages is null ? identity : identity + Start + packages;

    /// <summary>Says why a step whose identity differs runs again.</summary>
    /// <param name="before">The identity that an earlier task recorded.</param>
    /// <param name="now">The identity now.</param>
    /// <returns>The reason.</returns>
    public static string Reason(string before, string now)
        => CodeOf(before) == CodeOf(now) ? OtherPackages : "its code changed";

    private static string CodeOf(string identity)
        => identity.IndexOf(Start, StringComparison.Ordinal) is >= 0 and var start ? identity[..start] : identity;
}
