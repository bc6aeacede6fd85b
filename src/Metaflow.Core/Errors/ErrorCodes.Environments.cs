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

    /// <summary>A version of conda, or a constraint on versions, cannot be read.</summary>
    public const string CondaVersionUnreadable = "MF7050";

    /// <summary>A text does not ask for a package of conda.</summary>
    public const string MatchSpecUnreadable = "MF7051";

    /// <summary>A text does not name a channel of conda.</summary>
    public const string CondaChannelUnreadable = "MF7052";

    /// <summary>A channel has no list of packages for the platform.</summary>
    public const string CondaChannelMissing = "MF7053";

    /// <summary>The list of a channel's packages cannot be fetched.</summary>
    public const string RepodataNotFetched = "MF7054";

    /// <summary>The list of a channel's packages is damaged.</summary>
    public const string RepodataDamaged = "MF7055";

    /// <summary>No packages of conda satisfy a request.</summary>
    public const string CondaRequestUnsatisfiable = "MF7056";

    /// <summary>The lists of packages cannot be kept on this machine.</summary>
    public const string RepodataNotKept = "MF7057";

    /// <summary>A value that replaces a virtual package is no version.</summary>
    public const string VirtualPackageUnreadable = "MF7058";

    /// <summary>The program that is to find packages of conda is missing or cannot start.</summary>
    public const string CondaProgramMissing = "MF7059";

    /// <summary>The file of a conda package is cut off, damaged, or of a kind that is not supported.</summary>
    public const string CondaArchiveUnreadable = "MF7060";

    /// <summary>A conda package holds a file that must not be unpacked, such as one outside its folder.</summary>
    public const string CondaArchiveUnsafe = "MF7061";

    /// <summary>What a conda package says about itself cannot be read.</summary>
    public const string CondaMetadataUnreadable = "MF7062";

    /// <summary>The path of an environment is longer than a file of a package has room for.</summary>
    public const string PrefixTooLong = "MF7063";

    /// <summary>Two conda packages have different files of one path.</summary>
    public const string PathClaimedTwice = "MF7064";

    /// <summary>A package for any Python is in an environment without Python.</summary>
    public const string PackageNeedsPython = "MF7065";

    /// <summary>A package has commands that need a program for Windows, which is not made.</summary>
    public const string LauncherUnsupported = "MF7066";

    /// <summary>macOS does not sign a file that was changed.</summary>
    public const string CodeSigningFailed = "MF7067";

    /// <summary>A path cannot be that of a conda environment.</summary>
    public const string PrefixUnusable = "MF7068";

    /// <summary>The program that is to find packages of conda is too old.</summary>
    public const string CondaProgramTooOld = "MF7069";

    /// <summary>A text is no version, no constraint, no marker or no requirement of a Python package.</summary>
    public const string PythonRequirementMalformed = "MF7070";

    /// <summary>A wheel is not what its format demands, or its list of files disagrees with its files.</summary>
    public const string WheelMalformed = "MF7071";

    /// <summary>A wheel is made for another Python or another kind of machine.</summary>
    public const string WheelUnsuitable = "MF7072";

    /// <summary>A wheel has a file that is there already, with other bytes, and belongs to another package.</summary>
    public const string WheelFileTaken = "MF7073";

    /// <summary>The pip that finds packages is missing, cannot start or is too old.</summary>
    public const string PipUnusable = "MF7074";

    /// <summary>pip finds no packages that satisfy the requirements.</summary>
    public const string PythonPackagesNotFound = "MF7075";

    /// <summary>The report of pip cannot be understood.</summary>
    public const string PipReportUnreadable = "MF7076";

    /// <summary>A wheel cannot be built from its sources.</summary>
    public const string WheelNotBuilt = "MF7077";

    /// <summary>An editable package is asked for, which no other machine has.</summary>
    public const string EditablePackageRefused = "MF7078";

    /// <summary>An installed Python package cannot be removed, because its files are not known.</summary>
    public const string DistributionNotRemovable = "MF7079";

    /// <summary>The program that is to find packages of conda fails, or its answer cannot be understood.</summary>
    public const string CondaProgramFailed = "MF7080";

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

    /// <summary>A lock file has no packages for the kind of machine, or no such environment.</summary>
    public const string LockLacksMachine = "MF7118";

    /// <summary>A lock file is to be combined with other packages.</summary>
    public const string LockNotExtended = "MF7119";
}
