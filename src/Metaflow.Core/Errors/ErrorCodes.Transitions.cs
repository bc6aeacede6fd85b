namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A gang was asked for with fewer than one task.</summary>
    public const string GangTooSmall = "MF3010";

    /// <summary>A run that a step started failed.</summary>
    public const string ChildRunFailed = "MF3011";

    /// <summary>A program of several flows lists something that is no flow, or two flows of one name.</summary>
    public const string FlowsNotSelectable = "MF1074";

    /// <summary>The first argument of a program of several flows names none of them.</summary>
    public const string NoSuchFlow = "MF6010";

    /// <summary>A program was asked to run a flow whose class it cannot load.</summary>
    public const string FlowNotLoadable = "MF6012";
}
