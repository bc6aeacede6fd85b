namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A step was to be skipped whose next steps only its body knows.</summary>
    public const string NoUsualTransition = "MF3030";

    /// <summary>A decorator set an artifact that cannot be set so.</summary>
    public const string ArtifactNotSettable = "MF3031";

    /// <summary>A hook that is only notified failed; that changes nothing.</summary>
    public const string HookFailed = "MF3032";

    /// <summary>A decorator forbade to start a task, or failed before it.</summary>
    public const string LaunchRefused = "MF6022";
}
