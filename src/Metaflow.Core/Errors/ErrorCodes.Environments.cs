namespace Metaflow.Errors;

/// <content>Environments of steps: MF7xxx. 70xx: packages and their storage. 71xx: requirements.</content>
public static partial class ErrorCodes
{
    /// <summary>NuGet finds no packages that satisfy the requirements of an environment.</summary>
    public const string PackagesNotFound = "MF7020";

    /// <summary>There is no .NET SDK, which finds packages.</summary>
    public const string SdkMissing = "MF7021";

    /// <summary>A package of an environment is nowhere.</summary>
    public const string PackageMissing = "MF7022";

    /// <summary>The bytes of a package are not those that were locked.</summary>
    public const string PackageDamaged = "MF7023";

    /// <summary>The program cannot run steps with packages of their own.</summary>
    public const string ProgramWithoutEnvironments = "MF7024";

    /// <summary>There is no room on this machine for the packages of an environment.</summary>
    public const string NoRoomForPackages = "MF7025";

    /// <summary>The packages of a step lack members that the flow was compiled against.</summary>
    public const string MembersMissing = "MF7026";

    /// <summary>The runtime loads its own assembly instead of that of a package.</summary>
    public const string PackageIgnored = "MF7027";

    /// <summary>A step cannot read an artifact that another step writes with another version of a package.</summary>
    public const string ValueCannotCross = "MF7028";

    /// <summary>A step may fail to read an artifact that another step writes with another version of a package.</summary>
    public const string ValueMayNotCross = "MF7029";

    /// <summary>The packages of a step are not here, so that the flow was not compared with them.</summary>
    public const string PackagesNotCompared = "MF7030";

    /// <summary>A record of an environment, or the list of this machine's environments, is damaged.</summary>
    public const string EnvironmentRecordUnreadable = "MF7031";

    /// <summary>A record of an environment comes from a later version.</summary>
    public const string EnvironmentRecordTooNew = "MF7032";

    /// <summary>Another process keeps the list of environments for too long.</summary>
    public const string EnvironmentListHeld = "MF7033";

    /// <summary>A text does not name an environment.</summary>
    public const string EnvironmentNameInvalid = "MF7034";

    /// <summary>A name that does not change belongs to another environment.</summary>
    public const string EnvironmentNameTaken = "MF7035";

    /// <summary>A task has no environment.</summary>
    public const string TaskHasNoEnvironment = "MF7036";

    /// <summary>The name of an environment has a variable that is not set.</summary>
    public const string EnvironmentVariableUnset = "MF7037";

    /// <summary>There is no environment of a name.</summary>
    public const string EnvironmentUnknown = "MF7039";

    /// <summary>Packages are asked for of a kind that is not supported yet.</summary>
    public const string CategoryUnsupported = "MF7040";

    /// <summary>An environment is asked for without any package.</summary>
    public const string NothingAskedFor = "MF7041";

    /// <summary>A package differs from the one that a lock file knows.</summary>
    public const string LockHashDiffers = "MF7042";

    /// <summary>The folder for an environment has files already.</summary>
    public const string FolderHasContent = "MF7043";

    /// <summary>An environment is to be deleted that a recorded run used.</summary>
    public const string EnvironmentInUse = "MF7044";

    /// <summary>The folder for an environment cannot be written.</summary>
    public const string EnvironmentFolderNotWritten = "MF7045";

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

    /// <summary>An environment that is looked up when a task starts has no name, or further packages.</summary>
    public const string FetchNeedsName = "MF7106";

    /// <summary>The runtime that a step asks for cannot run the program.</summary>
    public const string RuntimeUnsuitable = "MF7107";

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
