namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A record in the middle of a run's journal is damaged.</summary>
    public const string JournalDamaged = "MF5020";

    /// <summary>A run's journal was written by a program whose records this one does not know.</summary>
    public const string JournalUnknown = "MF5021";

    /// <summary>A run has no journal, so that it cannot be continued.</summary>
    public const string JournalMissing = "MF5022";

    /// <summary>Another process already collects the garbage of a flow.</summary>
    public const string CollectionRunning = "MF5023";

    /// <summary>The parameters of a run to continue were values of a program, and its scheduler was killed before it had stored them.</summary>
    public const string ParametersNotKept = "MF5024";

    /// <summary>Another process has taken a run from its scheduler, which gave no sign of life.</summary>
    public const string RunLost = "MF5025";

    /// <summary>Garbage is collected in local datastores only.</summary>
    public const string CollectionNeedsFiles = "MF5026";

    /// <summary>The parameters or configurations of an earlier run do not fit the flow as it is now.</summary>
    public const string InputsHaveChanged = "MF6003";

    /// <summary>A run to continue is at work.</summary>
    public const string RunIsAlive = "MF6030";

    /// <summary>A run to continue has succeeded already.</summary>
    public const string RunHasSucceeded = "MF6031";

    /// <summary>The flow's graph changed in steps that the run to continue has already reached.</summary>
    public const string GraphHasChanged = "MF6032";

    /// <summary>A failed task of a run to continue has no attempt left.</summary>
    public const string NoAttemptLeft = "MF6033";

    /// <summary>A task's process of a dead scheduler could not be ended.</summary>
    public const string OrphanNotEnded = "MF6034";
}
