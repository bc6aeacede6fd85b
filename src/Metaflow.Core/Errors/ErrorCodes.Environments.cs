namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    // 71xx: requirements of environments.

    /// <summary>Two decorators of one level ask for different values.</summary>
    public const string RequirementsDiffer = "MF7101";

    /// <summary>One decorator names an environment both by its name and by a step.</summary>
    public const string EnvironmentNamedTwice = "MF7102";

    /// <summary>The version asked for of a package of NuGet cannot be read.</summary>
    public const string ConstraintUnreadable = "MF7103";

    /// <summary>A single version of a package of NuGet is excluded, which NuGet cannot do.</summary>
    public const string ConstraintExcludes = "MF7104";

    /// <summary>No version of a package can satisfy all that is asked for.</summary>
    public const string ConstraintsContradict = "MF7105";
}
