namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A configuration was given both a file and a value.</summary>
    public const string ConfigGivenTwice = "MF2040";

    /// <summary>The flow has no configuration of a name.</summary>
    public const string UnknownConfig = "MF2041";

    /// <summary>Configurations are missing, cannot be read, or do not fit their types.</summary>
    public const string BadConfigs = "MF2042";

    /// <summary>Configurations were given to a command that takes those of another run.</summary>
    public const string ConfigsNotTaken = "MF2043";

    /// <summary>A text refers to something that a configuration does not have.</summary>
    public const string UnknownConfigKey = "MF2044";

    /// <summary>An environment variable with configurations is no JSON object.</summary>
    public const string InvalidConfigVariable = "MF2045";
}
