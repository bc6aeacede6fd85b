using Metaflow.Aws;
using Metaflow.Aws.Credentials;
using Metaflow.Aws.Http;
using Metaflow.Aws.S3;
using Metaflow.Plugins;
using Metaflow.Storage;

[assembly: MetaflowPlugin(typeof(AwsPlugin))]

namespace Metaflow.Aws;

/// <summary>Adds datastores in Amazon S3 and in servers that speak its protocol: <c>--datastore s3</c>.</summary>
public sealed class AwsPlugin : IMetaflowPlugin
{
    private AwsPlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.Add<IStoreFactory>(S3BlobStore.Type, static () => new S3StoreFactory());
        foreach (var setting in S3Settings.All)
        {
            registry.AddSetting(setting);
        }
    }

    private sealed class S3StoreFactory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options)
        {
            var profile = AwsProfile.OfProcess;
            var location = S3Location.Parse(address.Root);
            var settings = S3Settings.Of(options, profile);
            var certificates = new CertificateCheck(S3Settings.VerificationSetting.Name, settings.Verification);
            var connections = new ConnectionPool(certificates, options.MayBlock);
            var credentials = new CredentialChain(profile, connections, options.Time);
            return new S3BlobStore(
                address.Root, location, new S3Client(location.Bucket, settings, credentials, connections, options.Time));
        }
    }
}
