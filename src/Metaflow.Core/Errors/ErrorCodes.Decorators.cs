namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A decorator that stands alone is given several times.</summary>
    public const string DuplicateDecorator = "MF1091";

    /// <summary>A decorator that changes the flow asked for a step that does not exist.</summary>
    public const string MutatorNamesNoStep = "MF1099";

    /// <summary>An option that a decorator of the flow adds has a value that does not fit.</summary>
    public const string FlowOptionInvalid = "MF2050";

    /// <summary><c>--with</c> gives a secret itself.</summary>
    public const string InlineSecretOnCommandLine = "MF2051";

    /// <summary>A setting of what this machine has is no amount.</summary>
    public const string LocalCapacityInvalid = "MF2052";

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

    /// <summary>The channel by which a task tells its secrets could not be opened.</summary>
    public const string SecretChannelNotOpened = "MF6013";

    /// <summary>A task's process did not end when its timeout was over.</summary>
    public const string DeadlineExceeded = "MF6020";

    /// <summary>A task used more memory than its step asks for.</summary>
    public const string MemoryExceeded = "MF6021";

    /// <summary>A decorator forbade to start a task, or failed before it.</summary>
    public const string LaunchRefused = "MF6022";

    /// <summary>An exit hook failed or took too long; that changes nothing.</summary>
    public const string ExitHookFailed = "MF6023";
}
