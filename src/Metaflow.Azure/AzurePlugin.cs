using Metaflow.Azure;
using Metaflow.Azure.Blobs;
using Metaflow.Azure.Credentials;
using Metaflow.Azure.Secrets;
using Metaflow.Azure.Signing;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;

[assembly: MetaflowPlugin(typeof(AzurePlugin))]

namespace Metaflow.Azure;

/// <summary>Adds datastores in Azure Blob Storage, <c>--datastore azure</c>, and secrets of Azure Key Vault.</summary>
public sealed class AzurePlugin : IMetaflowPlugin
{
    private AzurePlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.Add<IStoreFactory>(BlobService.Type, static () => new BlobStoreFactory());
        registry.Add<IObjectDataFactory>(BlobService.Type, static () => new BlobDataFactory());
        registry.Add<ISecretsProvider>(
            KeyVaultProvider.BackendName,
            static () => new KeyVaultProvider(SettingReader.OfProcess(), AzureVariables.OfProcess, TimeProvider.System));
        SettingDescription[] settings = [.. BlobSettings.All, .. DataRoots.SharedSettings, KeyVaultProvider.PrefixSetting];
        foreach (var setting in settings)
        {
            registry.AddSetting(setting);
        }
    }

    private static ObjectClient ClientOf(string container, StoreOptions options)
    {
        var variables = AzureVariables.OfProcess;
        var account = StorageAccount.Of(options, variables);
        var settings = BlobSettings.Of(options);

        // No setting of Azure's tools names certificates: the system's count.
        var connections = new ConnectionPool(new CertificateCheck("", null), options.MayBlock);
        var authorization = Authorizations.Of(account, variables, connections, options.Time);
        var service = new BlobService(container, account, authorization, options.Time);
        return new ObjectClient(service, settings, connections, options.Time);
    }

    private sealed class BlobStoreFactory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options)
        {
            var location = BlobLocation.Parse(address.Root);
            return new ObjectBlobStore(BlobService.Type, location.Root, location.Prefix, ClientOf(location.Container, options));
        }
    }

    private sealed class BlobDataFactory : IObjectDataFactory
    {
        public ObjectClient Open(string place, StoreOptions options) => ClientOf(BlobLocation.Parse(place).Container, options);
    }
}
