using Metaflow.Errors;
using Metaflow.Gcp.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Gcp.Gs;

/// <summary>How a bucket is reached: the settings of Metaflow, and those of Google's own libraries.</summary>
internal sealed record GsSettings : TransferSettings
{
    public static readonly SettingDescription EndpointSetting = new(
        "METAFLOW_GS_ENDPOINT_URL", SettingKind.Text,
        "It is the address of a server that speaks the protocol of Google Cloud Storage, in place of Google's.")
    { IsForTasks = true };

    public static readonly SettingDescription TransientRetriesSetting = new(
        "METAFLOW_GS_TRANSIENT_RETRY_COUNT", SettingKind.Number,
        "It is how often a request is sent again that failed for a reason that passes.")
    { IsForTasks = true, Default = "20" };

    public static readonly SettingDescription WidthSetting = new(
        "METAFLOW_GS_WORKER_COUNT", SettingKind.Number, "It is how many requests one call sends at the same time.")
    { IsForTasks = true, Default = "64" };

    public static readonly SettingDescription DataRootSetting = new(
        "METAFLOW_DATATOOLS_GSROOT", SettingKind.Text, "It is the folder in Google Cloud Storage below which steps keep data of their own.")
    { IsForTasks = true };

    /// <summary>All settings.</summary>
    public static readonly SettingDescription[] All = [EndpointSetting, TransientRetriesSetting, WidthSetting, DataRootSetting];

    private const string EmulatorVariable = "STORAGE_EMULATOR_HOST";
    private static readonly Uri Google = new("https://storage.googleapis.com");

    /// <summary>Gets the server's address.</summary>
    public Uri Endpoint { get; init; } = Google;

    /// <inheritdoc/>
    public override string RetriesSetting => TransientRetriesSetting.Name;

    /// <inheritdoc/>
    public override string ServerSetting => IsEmulator ? EmulatorVariable : EndpointSetting.Name;

    /// <summary>Gets a value indicating whether the server is an emulator, which wants no credentials.</summary>
    public bool IsEmulator { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="options">Metaflow's settings.</param>
    /// <param name="variables">The variables of Google's libraries.</param>
    /// <exception cref="ConfigurationException">One cannot be (MF2105).</exception>
    public static GsSettings Of(StoreOptions options, GoogleVariables variables)
    {
        var endpoint = options.Setting(EndpointSetting.Name);
        var emulator = endpoint is null ? variables.Value(EmulatorVariable) : null;
        return new GsSettings
        {
            Endpoint = endpoint is not null ? AddressOf(EndpointSetting.Name, endpoint)
                : emulator is null ? Google
                : AddressOf(EmulatorVariable, emulator.Contains("://", StringComparison.Ordinal) ? emulator : "http://" + emulator),
            IsEmulator = emulator is not null,
            Retries = Number(options, TransientRetriesSetting),
            Width = Math.Max(1, Number(options, WidthSetting)),
        };
    }

    private static Uri AddressOf(string name, string text)
        => EndpointAddress.Parse(name, text, "https://storage.example.org:9000");
}
