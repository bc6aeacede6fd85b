using Metaflow.Aws;
using Metaflow.Aws.Credentials;
using Metaflow.Aws.S3;
using Metaflow.Aws.Secrets;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;

[assembly: MetaflowPlugin(typeof(AwsPlugin))]

namespace Metaflow.Aws;

/// <summary>Adds datastores in Amazon S3 and in servers that speak its protocol, <c>--datastore s3</c>, and secrets of AWS Secrets
/// Manager.</summary>
public sealed class AwsPlugin : IMetaflowPlugin
{
    private AwsPlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.Add<IStoreFactory>(S3Service.Type, static () => new S3StoreFactory());
        registry.Add<IObjectDataFactory>(S3Service.Type, static () => new S3DataFactory());
        registry.Add<ISecretsProvider>(
            SecretsManagerProvider.BackendName,
            static () => new SecretsManagerProvider(SettingReader.OfProcess(), AwsProfile.OfProcess, TimeProvider.System));
        SettingDescription[] settings =
        [
            .. S3Settings.All, .. DataRoots.SharedSettings, SecretsManagerProvider.RegionSetting, SecretsManagerProvider.RoleSetting,
        ];
        foreach (var setting in settings)
        {
            registry.AddSetting(setting);
        }
    }

    private static ObjectClient ClientOf(string bucket, StoreOptions options)
    {
        var profile = AwsProfile.OfProcess;
        var settings = S3Settings.Of(options, profile);
        var certificates = new CertificateCheck(S3Settings.VerificationSetting.Name, settings.Verification);
        var connections = new ConnectionPool(certificates, options.MayBlock);
        var credentials = new CredentialChain(profile, connections, options.Time);
        var service = new S3Service(bucket, settings, credentials, options.Time);
        return new ObjectClient(service, settings, connections, options.Time);
    }

    private sealed class S3StoreFactory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options)
        {
            var location = BucketLocation.Parse(address.Root, S3Service.Type, S3Errors.RootSetting);
            return new ObjectBlobStore(S3Service.Type, address.Root, location.Prefix, ClientOf(location.Bucket, options));
        }
    }

    private sealed class S3DataFactory : IObjectDataFactory
    {
        public ObjectClient Open(string place, StoreOptions options) => ClientOf(
            BucketLocation.OfBucket(place, S3Service.Type, S3Errors.RootSetting).Bucket, options);
    }
}
