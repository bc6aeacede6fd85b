using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Settings;

/// <summary>Refuses what somebody gives as a folder, and probably meant as an address in a cloud.</summary>
internal static class GivenFolder
{
    /// <summary>Refuses a text that is almost an address.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ConfigurationException">It is one (MF2080).</exception>
    public static void CheckRoot(string text)
    {
        if (MistakenAddress.MeantBy(text) is { } meant)
        {
            throw Error(text, $"It is almost the address '{ShownAddress.Of(meant)}'.", meant);
        }
    }

    /// <summary>Refuses a text that may be a folder or the root of a datastore of the type that the settings name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="type">The type; <see langword="null"/> for none.</param>
    /// <exception cref="ConfigurationException">It may be both (MF2080).</exception>
    public static void CheckBareRoot(string text, string? type)
    {
        var isBare = text.Length > 0 && text[0] is not ('.' or '~') && !Path.IsPathRooted(text);
        if (isBare && type is not null && MistakenAddress.IsOfCloud(type))
        {
            throw Error(text, $"{SettingNames.DefaultDatastore} is '{type}': it may be meant as an address there.", $"{type}://{text}");
        }
    }

    /// <summary>Refuses an address in the place of a folder.</summary>
    /// <param name="setting">The setting that names the folder.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="ConfigurationException">It is an address, or almost one (MF2105).</exception>
    public static void CheckSetting(string setting, string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (MistakenAddress.MeantBy(text) is not null || (scheme > 0 && !text.AsSpan(0, scheme).ContainsAny('/', '\\')))
        {
            throw new ConfigurationException(
                ErrorCodes.InvalidSetting,
                $"The setting '{setting}' cannot be '{ShownAddress.Of(text)}'.",
                "It names a folder of this machine, not an address.",
                setting == SettingNames.LocalDatastoreRoot
                    ? $"Name a folder. For a datastore in a cloud, set {SettingNames.DefaultDatastore} to its type, such as 's3', and "
                        + $"{SettingNames.DatastoreRootOf("s3")} to its address."
                    : "Name a folder. If there really is a folder of this name, write './' before it.")
            { ExitCode = ExitCodes.Usage };
        }
    }

    private static ConfigurationException Error(string text, string why, string meant) => new(
        ErrorCodes.StoreAddressInvalid,
        $"'{ShownAddress.Of(text)}' is not clearly a datastore.",
        why,
        $"Write '{ShownAddress.Of(meant)}' for the address, or './{ShownAddress.Of(text)}' for a folder of this name.")
    { ExitCode = ExitCodes.Usage };
}
