namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A command that changes a run was not told which.</summary>
    public const string RunIdMissing = "MF2100";

    /// <summary>Options of one command exclude each other, or one needs another.</summary>
    public const string OptionsConflict = "MF2101";

    /// <summary>The flow has never been run, so that there is nothing to work on.</summary>
    public const string FlowNeverRun = "MF2102";
}
