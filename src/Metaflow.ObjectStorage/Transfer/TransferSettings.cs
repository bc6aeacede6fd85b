using System.Globalization;
using Metaflow.ObjectStorage.Http;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>How requests are sent.</summary>
internal abstract record TransferSettings
{
    /// <summary>Gets how often a request is sent again that failed for a reason that passes.</summary>
    public int Retries { get; init; } = 20;

    /// <summary>Gets the name of the setting of <see cref="Retries"/>.</summary>
    public abstract string RetriesSetting { get; }

    /// <summary>Gets the name of the setting that says where the server is.</summary>
    public abstract string ServerSetting { get; }

    /// <summary>Gets how many requests a call sends at the same time.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Gets a value indicating whether the server creates objects only where there are none.</summary>
    public bool HasConditions { get; init; } = true;

    /// <summary>Reads a setting that is a number.</summary>
    /// <param name="options">Metaflow's settings.</param>
    /// <param name="setting">The setting, which has a default.</param>
    /// <exception cref="Errors.ConfigurationException">It is none (MF2105).</exception>
    protected static int Number(StoreOptions options, SettingDescription setting)
    {
        var text = options.Setting(setting.Name) ?? setting.Default!;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw SettingErrors.Invalid(setting.Name, text, "It must be a whole number.");
    }
}
