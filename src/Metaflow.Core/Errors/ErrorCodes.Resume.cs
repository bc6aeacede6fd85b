namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>There is no run that could be resumed.</summary>
    public const string NoPreviousRun = "MF2070";

    /// <summary>The run to resume does not exist.</summary>
    public const string OriginRunNotFound = "MF2071";

    /// <summary>A step that a run shall begin or end with does not exist.</summary>
    public const string ResumedStepUnknown = "MF2072";

    /// <summary>An option does not go together with <c>resume</c>, or not with another one.</summary>
    public const string ResumeOptionRefused = "MF2073";

    /// <summary>The id given to a resumed run is a number, or no name.</summary>
    public const string RunIdRefused = "MF2074";

    /// <summary>The process that leads a reentrant resume ended without finishing it.</summary>
    public const string ResumeLeaderLost = "MF5040";
}
