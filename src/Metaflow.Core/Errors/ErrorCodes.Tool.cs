namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A command that changes a run was not told which.</summary>
    public const string RunIdMissing = "MF2100";

    /// <summary>Options of one command exclude each other, or one needs another.</summary>
    public const string OptionsConflict = "MF2101";

    /// <summary>The flow has never been run, so that there is nothing to work on.</summary>
    public const string FlowNeverRun = "MF2102";

    /// <summary>Logs of a task that has not ended were to be scrubbed.</summary>
    public const string TaskNotDone = "MF2103";

    /// <summary>A file that a command was told to write cannot be written, or exists already.</summary>
    public const string OutputFile = "MF2104";

    /// <summary>A setting has a value that does not fit it.</summary>
    public const string InvalidSetting = "MF2105";
}
