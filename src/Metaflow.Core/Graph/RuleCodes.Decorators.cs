namespace Metaflow.Graph;

internal static partial class RuleCodes
{
    /// <summary><c>[Retry]</c> asks for more attempts than a task has.</summary>
    public const string TooManyRetries = "MF1060";

    /// <summary>A limit of tasks that run at once is less than one.</summary>
    public const string MaxParallelTooSmall = "MF1053";

    /// <summary><c>[Retry]</c> names an exception that no known class is.</summary>
    public const string RetryNameUnknown = "MF1052";

    /// <summary><c>[Catch]</c> stands on a foreach split or a switch.</summary>
    public const string CatchOnSplit = "MF1061";

    /// <summary><c>[Timeout]</c> gives no time.</summary>
    public const string TimeoutNotPositive = "MF1062";

    /// <summary><c>[EnvironmentVariables]</c> has a name that cannot be set, or a name without a value.</summary>
    public const string EnvironmentVariableInvalid = "MF1090";

    /// <summary><c>[Secrets]</c> names no source.</summary>
    public const string SecretsWithoutSource = "MF1092";

    /// <summary><c>[Resources]</c> asks for what is not an amount.</summary>
    public const string ResourcesInvalid = "MF1093";

    /// <summary><c>[Project]</c> has a name that cannot be one.</summary>
    public const string ProjectNameInvalid = "MF1094";

    /// <summary><c>[Schedule]</c> says no time.</summary>
    public const string ScheduleInvalid = "MF1095";

    /// <summary><c>[Trigger]</c> or <c>[TriggerOnFinish]</c> names no event or flow, or one that cannot be one.</summary>
    public const string TriggerInvalid = "MF1096";

    /// <summary><c>[ExitHook]</c> names no method that can be called.</summary>
    public const string ExitHookInvalid = "MF1097";

    /// <summary><c>[NuGet]</c> names a package that the program does not reference.</summary>
    public const string PackageNotReferenced = "MF1112";

    /// <summary><c>[Retry]</c> has an invalid wait.</summary>
    public const string RetryWaitInvalid = "MF1098";
}
