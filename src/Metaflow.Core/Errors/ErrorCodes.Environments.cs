namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    // 71xx: what is stored of environments.

    /// <summary>A record of an environment, or the list of this machine's environments, is damaged.</summary>
    public const string EnvironmentRecordUnreadable = "MF7101";

    /// <summary>A record of an environment comes from a later version.</summary>
    public const string EnvironmentRecordTooNew = "MF7102";

    /// <summary>Another process keeps the list of environments for too long.</summary>
    public const string EnvironmentListHeld = "MF7103";

    /// <summary>A text does not name an environment.</summary>
    public const string EnvironmentNameInvalid = "MF7104";

    /// <summary>A name that does not change belongs to another environment.</summary>
    public const string EnvironmentNameTaken = "MF7105";

    /// <summary>A task has no environment.</summary>
    public const string TaskHasNoEnvironment = "MF7106";

    /// <summary>The name of an environment has a variable that is not set.</summary>
    public const string EnvironmentVariableUnset = "MF7107";

    /// <summary>The settings do not say where the datastore keeps environments.</summary>
    public const string EnvironmentRootMissing = "MF7108";
}
