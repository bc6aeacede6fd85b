namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary><c>[Catch]</c> stands on a foreach split or a switch.</summary>
    public const string CatchOnSplit = "MF1061";

    /// <summary>A flow's class lacks what the source generator writes.</summary>
    public const string FlowNotGenerated = "MF1063";

    /// <summary>A step was asked for that the flow does not have.</summary>
    public const string NoSuchStep = "MF1064";

    /// <summary>A transition names something that is not a step of the flow.</summary>
    public const string NextOfNoStep = "MF1065";
}
