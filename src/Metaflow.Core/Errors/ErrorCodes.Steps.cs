namespace Metaflow.Errors;

public static partial class ErrorCodes
{
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
}
