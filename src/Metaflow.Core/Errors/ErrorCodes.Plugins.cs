namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A command of a plug-in has a name, an option or arguments that cannot be.</summary>
    public const string PluginCommandRefused = "MF2110";

    /// <summary>A command of a plug-in ended with an exception that is no error of ours.</summary>
    public const string PluginFault = "MF9002";
}
