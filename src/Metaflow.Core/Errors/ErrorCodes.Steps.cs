namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    // 3xxx: steps.

    /// <summary>A step raised an exception.</summary>
    public const string StepRaised = "MF3001";

    /// <summary>A task's process was killed or died without reporting.</summary>
    public const string TaskProcessDied = "MF3002";

    /// <summary>A step took longer than its timeout allows.</summary>
    public const string StepTimedOut = "MF3003";

    /// <summary>An artifact was read that no step has set.</summary>
    public const string ArtifactNotSet = "MF3004";

    /// <summary>A foreach yields more tasks than <c>--max-num-splits</c> allows.</summary>
    public const string TooManySplits = "MF3005";

    /// <summary>A step's transition at run time is not one that its source shows.</summary>
    public const string UnexpectedTransition = "MF3006";

    /// <summary>A step returned <see langword="null"/> rather than a transition.</summary>
    public const string TransitionMissing = "MF3007";

    /// <summary>The services of a flow threw an exception when they were disposed of after a task.</summary>
    public const string ServicesNotDisposed = "MF3008";

    /// <summary>A gang was asked for with fewer than one task.</summary>
    public const string GangTooSmall = "MF3010";

    /// <summary>A run that a step started failed.</summary>
    public const string ChildRunFailed = "MF3011";

    /// <summary>A merge found artifacts about which the inputs of the join disagree.</summary>
    public const string MergeConflict = "MF3020";

    /// <summary>A merge was to include artifacts that no input has.</summary>
    public const string MergeIncludesMissing = "MF3021";

    /// <summary>A merge was asked for outside a join.</summary>
    public const string MergeOutsideJoin = "MF3022";

    /// <summary>A merge was given names to include and names to exclude.</summary>
    public const string MergeListsExclude = "MF3023";

    /// <summary>A merge was given a name that is not an artifact.</summary>
    public const string MergeNameUnknown = "MF3024";

    /// <summary>The system gives a process no more files, processes or threads.</summary>
    public const string SystemLimitReached = "MF3025";

    /// <summary>A store or metadata provider of a plug-in calls itself by another name than it is registered under.</summary>
    public const string PluginTypeDiffers = "MF3026";

    /// <summary>There is no object with a key.</summary>
    public const string ObjectMissing = "MF3027";

    /// <summary>An object is shorter than the part of it that was asked for.</summary>
    public const string ObjectRangeInvalid = "MF3028";

    /// <summary>The bytes of an object are not those that were stored.</summary>
    public const string ObjectDamaged = "MF3029";

    /// <summary>A step was to be skipped whose next steps only its body knows.</summary>
    public const string NoUsualTransition = "MF3030";

    /// <summary>A decorator set an artifact that cannot be set so.</summary>
    public const string ArtifactNotSettable = "MF3031";

    /// <summary>A hook that is only notified failed; that changes nothing.</summary>
    public const string HookFailed = "MF3032";

    /// <summary>The secrets of a step cannot be had.</summary>
    public const string SecretUnavailable = "MF3033";

    /// <summary>A secret has a name that cannot be set, or that is set already.</summary>
    public const string SecretNameRefused = "MF3034";

    /// <summary>Nobody confirmed to a task that its secrets will be hidden.</summary>
    public const string SecretsNotConfirmed = "MF3040";

    /// <summary>A secret does not exist in the cloud that is to have it.</summary>
    public const string SecretMissing = "MF3041";

    /// <summary>The credentials may not read a secret.</summary>
    public const string SecretNoPermission = "MF3042";

    /// <summary>The value of a secret cannot become environment variables.</summary>
    public const string SecretValueInvalid = "MF3043";

    /// <summary>The service that keeps a secret could not be reached, or gave no usable answer.</summary>
    public const string SecretServiceFailed = "MF3044";

    /// <summary>The id of a secret, or an option of it, is invalid.</summary>
    public const string SecretReferenceInvalid = "MF3045";

    /// <summary>A program that a step ran ended with another exit code than 0.</summary>
    public const string ProgramFailed = "MF3050";

    /// <summary>A step runs a Python script, and its environment has no Python.</summary>
    public const string NoPythonInEnvironment = "MF3051";

    /// <summary>A Python file that a step runs is not there.</summary>
    public const string ScriptMissing = "MF3052";

    /// <summary>A program that a step runs is not there, or cannot be started.</summary>
    public const string ProgramMissing = "MF3053";

    /// <summary>The Python file of a step raised an exception.</summary>
    public const string PythonRaised = "MF3054";

    /// <summary>An artifact that the Python file of a step set cannot become a value of the declared type.</summary>
    public const string PythonValueUnreadable = "MF3055";

    /// <summary>An artifact is stored in a form that Python cannot read.</summary>
    public const string ValueNotForPython = "MF3056";

    // 6xxx: launching, continuing and finding flows.

    /// <summary>A task's process could not be started.</summary>
    public const string ProcessNotStarted = "MF6001";

    /// <summary>The program's own executable could not be found.</summary>
    public const string ProgramNotFound = "MF6002";

    /// <summary>The parameters or configurations of an earlier run do not fit the flow as it is now.</summary>
    public const string InputsHaveChanged = "MF6003";

    /// <summary>A run to copy is still running.</summary>
    public const string RunToCopyIsRunning = "MF6004";

    /// <summary>The target of a copy has another run of the same id.</summary>
    public const string RunToCopyDiffers = "MF6005";

    /// <summary>Objects of a run to copy are missing or damaged.</summary>
    public const string RunToCopyIsDamaged = "MF6006";

    /// <summary>Nothing can be copied from one of two stores to the other.</summary>
    public const string CopyNotPossible = "MF6007";

    /// <summary>Another process holds the run in the target of a copy.</summary>
    public const string RunToCopyIsHeld = "MF6008";

    /// <summary>The first argument of a program of several flows names none of them.</summary>
    public const string NoSuchFlow = "MF6010";

    /// <summary>A program was asked to run a flow whose class it cannot load.</summary>
    public const string FlowNotLoadable = "MF6012";

    /// <summary>The channel by which a task tells its secrets could not be opened.</summary>
    public const string SecretChannelNotOpened = "MF6013";

    /// <summary>The host of .NET did not start the program of a task.</summary>
    public const string RuntimeRefused = "MF6014";

    /// <summary>A task's process did not end when its timeout was over.</summary>
    public const string DeadlineExceeded = "MF6020";

    /// <summary>A task used more memory than its step asks for.</summary>
    public const string MemoryExceeded = "MF6021";

    /// <summary>A decorator forbade to start a task, or failed before it.</summary>
    public const string LaunchRefused = "MF6022";

    /// <summary>An exit hook failed or took too long; that changes nothing.</summary>
    public const string ExitHookFailed = "MF6023";

    /// <summary>A run to continue is running.</summary>
    public const string RunIsAlive = "MF6030";

    /// <summary>A run to continue has succeeded already.</summary>
    public const string RunHasSucceeded = "MF6031";

    /// <summary>The flow's graph changed in steps that the run to continue has already reached.</summary>
    public const string GraphHasChanged = "MF6032";

    /// <summary>A failed task of a run to continue has no attempt left.</summary>
    public const string NoAttemptLeft = "MF6033";

    /// <summary>A task's process of a dead scheduler could not be ended.</summary>
    public const string OrphanNotEnded = "MF6034";

    /// <summary>A step ended the process that it shared with its run.</summary>
    public const string RunEndedByStep = "MF6035";

    /// <summary>The stacks of a task's process cannot be read.</summary>
    public const string StacksUnreadable = "MF6036";

    /// <summary>The program was built again while a run of it was running.</summary>
    public const string ProgramRebuilt = "MF6037";

    /// <summary>A job ended, and neither it nor the system that ran it says how its task did.</summary>
    public const string JobEndedSilently = "MF6038";

    /// <summary>The tasks of a flow that runs from code cannot be given processes of their own.</summary>
    public const string TaskHostNotAvailable = "MF6040";

    /// <summary>A task's process could not load the flow's class.</summary>
    public const string FlowNotLoaded = "MF6041";

    /// <summary>A task that shares its process with the task that started its run wants environment variables of its own.</summary>
    public const string VariablesNotShared = "MF6042";

    // 9xxx: faults of the framework or of a plug-in.

    /// <summary>The framework found itself in a state that it thought impossible.</summary>
    public const string InternalFault = "MF9001";

    /// <summary>A command of a plug-in, or its registration, ended with an exception that is not a Metaflow error.</summary>
    public const string PluginFault = "MF9002";
}
