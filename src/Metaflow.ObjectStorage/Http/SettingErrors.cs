using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Http;

/// <summary>The errors of settings.</summary>
internal static class SettingErrors
{
    /// <summary>Returns the error of a setting that cannot be.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="value">Its value, of which no credentials are shown.</param>
    /// <param name="why">Why it cannot be, as a sentence.</param>
    public static ConfigurationException Invalid(string name, string value, string why) => new(
        ErrorCodes.InvalidSetting,
        $"The setting {name} cannot be '{ShownAddress.Of(value)}'.",
        why,
        $"Correct {name}, or remove it.")
    { ExitCode = ExitCodes.Usage };
}
