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

    /// <summary>A file that lists packages cannot be read, or is not text.</summary>
    public const string InputUnreadable = "MF7110";

    /// <summary>A line of a file that lists packages cannot be understood.</summary>
    public const string LineNotUnderstood = "MF7111";

    /// <summary>A file that lists packages has an option that cannot be kept with a run.</summary>
    public const string OptionUnsupported = "MF7112";

    /// <summary>A property of the machine does not exist, or has no single version.</summary>
    public const string SystemPackageWrong = "MF7113";

    /// <summary>The version of Python is named twice.</summary>
    public const string PythonTwice = "MF7114";

    /// <summary>A file that lists packages is not what its format demands.</summary>
    public const string InputMalformed = "MF7115";

    /// <summary>A project says in a way that only the SDK can evaluate which packages it has.</summary>
    public const string ProjectNeedsBuild = "MF7116";

    /// <summary>A lock file has no packages for the framework.</summary>
    public const string LockLacksFramework = "MF7117";
}
