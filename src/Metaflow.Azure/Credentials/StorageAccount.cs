using System.Net;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Azure.Credentials;

/// <summary>A storage account: where it is, and what the settings have of its secrets.</summary>
/// <param name="Endpoint">The address of its blobs, without a query.</param>
/// <param name="Name">Its name.</param>
internal sealed record StorageAccount(Uri Endpoint, string Name)
{
    /// <summary>The setting that has the address.</summary>
    public static readonly SettingDescription EndpointSetting = new(
        "METAFLOW_AZURE_STORAGE_BLOB_SERVICE_ENDPOINT", SettingKind.Text,
        "It is the address of the storage account, such as 'https://ours.blob.core.windows.net'.")
    { IsForTasks = true };

    private const string ConnectionVariable = "AZURE_STORAGE_CONNECTION_STRING";

    /// <summary>Gets the key; <see langword="null"/> when none is set.</summary>
    public AccountSecret? Key { get; init; }

    /// <summary>Gets the shared access signature; <see langword="null"/> when none is set.</summary>
    public AccountSecret? Signature { get; init; }

    /// <summary>Gets the server.</summary>
    public ServerAddress Server { get; } = ServerAddress.Of(Endpoint);

    /// <inheritdoc/>
    /// <remarks>A secret in a message would be in a log.</remarks>
    public override string ToString() => Endpoint.ToString();

    /// <summary>Reads the settings.</summary>
    /// <param name="options">Metaflow's settings.</param>
    /// <param name="variables">The variables of Azure's own tools.</param>
    /// <exception cref="ConfigurationException">They name no account, or one of them cannot be (MF2080, MF2105).</exception>
    public static StorageAccount Of(StoreOptions options, AzureVariables variables)
    {
        var connection = variables[ConnectionVariable] is { } text ? ConnectionString.Parse(ConnectionVariable, text) : null;
        var name = variables["AZURE_STORAGE_ACCOUNT"];
        var endpoint = options.Setting(EndpointSetting.Name) is { } given ? AddressOf(given) : connection?.Endpoint
            ?? (name is null ? throw AzureErrors.AccountMissing(EndpointSetting.Name)
                : AddressOf($"https://{name}.blob.{ConnectionString.PublicDomain}"));
        return new StorageAccount(WithoutQuery(endpoint), connection?.AccountName ?? name ?? NameIn(endpoint))
        {
            Key = Secret(connection?.Key, ConnectionVariable) ?? Secret(variables["AZURE_STORAGE_KEY"], "AZURE_STORAGE_KEY"),
            Signature = (endpoint.Query.Length > 1 ? new AccountSecret(endpoint.Query, EndpointSetting.Name) : null)
                ?? Secret(connection?.Signature, ConnectionVariable)
                ?? Secret(variables["AZURE_STORAGE_SAS_TOKEN"], "AZURE_STORAGE_SAS_TOKEN"),
        };
    }

    private static AccountSecret? Secret(string? value, string origin) => value is null ? null : new AccountSecret(value, origin);

    private static Uri AddressOf(string text)
        => EndpointAddress.Parse(EndpointSetting.Name, text, "https://ours.blob.core.windows.net");

    private static Uri WithoutQuery(Uri address) => new(address.GetLeftPart(UriPartial.Path));

    // Emulators have the name of the account in the path.
    private static string NameIn(Uri endpoint)
        => IPAddress.TryParse(endpoint.DnsSafeHost, out _) || !endpoint.Host.Contains('.', StringComparison.Ordinal)
            ? endpoint.AbsolutePath.Trim('/').Split('/')[0]
            : endpoint.Host.Split('.')[0];
}

/// <summary>A secret of an account.</summary>
/// <param name="Value">The secret.</param>
/// <param name="Origin">The setting that has it.</param>
internal sealed record AccountSecret(string Value, string Origin)
{
    /// <inheritdoc/>
    public override string ToString() => Origin;
}
