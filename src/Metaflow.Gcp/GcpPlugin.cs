using Metaflow.Gcp;
using Metaflow.Gcp.Credentials;
using Metaflow.Gcp.Gs;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Storage;

[assembly: MetaflowPlugin(typeof(GcpPlugin))]

namespace Metaflow.Gcp;

/// <summary>Adds datastores in Google Cloud Storage: <c>--datastore gs</c>.</summary>
public sealed class GcpPlugin : IMetaflowPlugin
{
    private GcpPlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.Add<IStoreFactory>(GsService.Type, static () => new GsStoreFactory());
        foreach (var setting in GsSettings.All)
        {
            registry.AddSetting(setting);
        }
    }

    private sealed class GsStoreFactory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options)
        {
            var variables = GoogleVariables.OfProcess;
            var location = BucketLocation.Parse(address.Root, GsService.Type, GsErrors.RootSetting);
            var settings = GsSettings.Of(options, variables);
            var connections = new ConnectionPool(new CertificateCheck(GsSettings.EndpointSetting.Name, null), options.MayBlock);
            var tokens = settings.IsEmulator ? null : new DefaultCredentials(variables, connections, options.Time);
            var service = new GsService(location.Bucket, settings, tokens);
            return new ObjectBlobStore(
                GsService.Type, address.Root, location.Prefix, new ObjectClient(service, settings, connections, options.Time));
        }
    }
}
