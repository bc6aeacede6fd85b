using Metaflow.Gcp;
using Metaflow.Gcp.Credentials;
using Metaflow.Gcp.Gs;
using Metaflow.Gcp.Secrets;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;

[assembly: MetaflowPlugin(typeof(GcpPlugin))]

namespace Metaflow.Gcp;

/// <summary>Adds datastores in Google Cloud Storage, <c>--datastore gs</c>, and secrets of Google Secret Manager.</summary>
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
        registry.Add<IObjectDataFactory>(GsService.Type, static () => new GsDataFactory());
        registry.Add<ISecretsProvider>(
            SecretManagerProvider.BackendName,
            static () => new SecretManagerProvider(SettingReader.OfProcess(), GoogleVariables.OfProcess, TimeProvider.System));
        SettingDescription[] settings = [.. GsSettings.All, .. DataRoots.SharedSettings, SecretManagerProvider.PrefixSetting];
        foreach (var setting in settings)
        {
            registry.AddSetting(setting);
        }
    }

    private static ObjectClient ClientOf(string bucket, StoreOptions options)
    {
        var variables = GoogleVariables.OfProcess;
        var settings = GsSettings.Of(options, variables);
        var connections = new ConnectionPool(new CertificateCheck(GsSettings.EndpointSetting.Name, null), options.MayBlock);
        var tokens = settings.IsEmulator ? null : new DefaultCredentials(variables, connections, options.Time);
        return new ObjectClient(new GsService(bucket, settings, tokens), settings, connections, options.Time);
    }

    private sealed class GsStoreFactory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options)
        {
            var location = BucketLocation.Parse(address.Root, GsService.Type, GsErrors.RootSetting);
            return new ObjectBlobStore(GsService.Type, address.Root, location.Prefix, ClientOf(location.Bucket, options));
        }
    }

    private sealed class GsDataFactory : IObjectDataFactory
    {
        public ObjectClient Open(string place, StoreOptions options)
            => ClientOf(BucketLocation.OfBucket(place, GsService.Type, GsErrors.RootSetting).Bucket, options);
    }
}
