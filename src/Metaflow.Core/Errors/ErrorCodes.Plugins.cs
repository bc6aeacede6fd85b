namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A command of a plug-in has a name, an option or arguments that cannot be.</summary>
    public const string PluginCommandRefused = "MF2110";

    /// <summary>A plug-in was built for another version of the framework.</summary>
    public const string PluginIncompatible = "MF1058";

    /// <summary>A plug-in adds a part of which it does not say what it is.</summary>
    public const string PluginPartWithoutContract = "MF1059";

    /// <summary>A store or metadata provider of a plug-in calls itself by another name than it is registered under.</summary>
    public const string PluginTypeDiffers = "MF3026";

    /// <summary>A command of a plug-in, or its registration, ended with an exception that is no error of ours.</summary>
    public const string PluginFault = "MF9002";
}
