using Metaflow.Azure;
using Metaflow.Azure.Blobs;
using Metaflow.Azure.Credentials;
using Metaflow.Azure.Signing;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Storage;

[assembly: MetaflowPlugin(typeof(AzurePlugin))]

namespace Metaflow.Azure;

/// <summary>Adds datastores in Azure Blob Storage: <c>--datastore azure</c>.</summary>
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
        foreach (var setting in BlobSettings.All)
        {
            registry.AddSetting(setting);
        }
    }

    private sealed class BlobStoreFactory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options)
        {
            var variables = AzureVariables.OfProcess;
            var location = BlobLocation.Parse(address.Root);
            var account = StorageAccount.Of(options, variables);
            var settings = BlobSettings.Of(options);

            // No setting of Azure's tools names certificates: the system's count.
            var connections = new ConnectionPool(new CertificateCheck("", null), options.MayBlock);
            var authorization = Authorizations.Of(account, variables, connections, options.Time);
            var service = new BlobService(location.Container, account, authorization, options.Time);
            return new ObjectBlobStore(
                BlobService.Type, location.Root, location.Prefix, new ObjectClient(service, settings, connections, options.Time));
        }
    }
}
