using Metaflow.Errors;
using Metaflow.Azure.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Azure.Blobs;

/// <summary>How a container is reached.</summary>
internal sealed record BlobSettings : TransferSettings
{
    public static readonly SettingDescription WorkloadSetting = new(
        "METAFLOW_AZURE_STORAGE_WORKLOAD_TYPE", SettingKind.Text,
        "It is 'high_throughput' for four times as many requests at the same time.")
    { IsForTasks = true, Default = "general" };

    public static readonly SettingDescription TransientRetriesSetting = new(
        "METAFLOW_AZURE_STORAGE_TRANSIENT_RETRY_COUNT", SettingKind.Number,
        "It is how often a request is sent again that failed for a reason that passes.")
    { IsForTasks = true, Default = "20" };

    public static readonly SettingDescription DataRootSetting = new(
        "METAFLOW_DATATOOLS_AZUREROOT", SettingKind.Text, "It is the folder in Azure below which steps keep data of their own.")
    { IsForTasks = true };

    private const int UsualWidth = 64;

    /// <summary>All settings.</summary>
    public static readonly SettingDescription[] All =
    [
        StorageAccount.EndpointSetting, WorkloadSetting, TransientRetriesSetting, DataRootSetting,
    ];

    /// <inheritdoc/>
    public override string RetriesSetting => TransientRetriesSetting.Name;

    /// <inheritdoc/>
    public override string ServerSetting => $"{StorageAccount.EndpointSetting.Name} or the connection string";

    /// <summary>Reads the settings.</summary>
    /// <param name="options">Metaflow's settings.</param>
    /// <exception cref="ConfigurationException">One cannot be (MF2105).</exception>
    public static BlobSettings Of(StoreOptions options) => new()
    {
        Retries = Number(options, TransientRetriesSetting),
        Width = (options.Setting(WorkloadSetting.Name) ?? WorkloadSetting.Default!) switch
        {
            "general" => UsualWidth,
            "high_throughput" => UsualWidth * 4,
            var other => throw SettingErrors.Invalid(WorkloadSetting.Name, other, "It must be 'general' or 'high_throughput'."),
        },
    };
}
