using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Storage;

namespace Metaflow.Scenarios.Tests.Clouds;

/// <summary>A service that has a place for the runs of each test.</summary>
internal abstract class RunCloud
{
    /// <summary>The path of the runs in their bucket or container, as the stores of the tests have it.</summary>
    protected const string Prefix = "some/prefix";

    /// <summary>Returns a service.</summary>
    /// <param name="name">Its name, as the tool has it.</param>
    /// <param name="moto">Imitates S3.</param>
    /// <param name="azurite">Emulates Azure Blob Storage.</param>
    /// <param name="google">Emulates Google Cloud Storage.</param>
    public static RunCloud Of(string name, MotoServer moto, AzuriteServer azurite, GoogleEmulator google) => name switch
    {
        "aws" => new MotoCloud(moto),
        "azure" => new AzuriteCloud(azurite),
        _ => new GoogleCloud(google),
    };

    /// <summary>Gets the name, as the tool has it.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the setting that says how often a request that fails is sent again.</summary>
    public abstract string RetriesSetting { get; }

    /// <summary>Returns the address of the service, or skips the test.</summary>
    public abstract Task<Uri> ServerAsync();

    /// <summary>Makes a bucket or container.</summary>
    /// <param name="server">The address of the service.</param>
    /// <returns>Its name.</returns>
    public abstract Task<string> CreatePlaceAsync(Uri server);

    /// <summary>Opens the store of the runs.</summary>
    /// <param name="server">The address of the service.</param>
    /// <param name="place">The name of the bucket or container.</param>
    public abstract IBlobStore StoreOf(Uri server, string place);

    /// <summary>Returns the variables with which commands use the store.</summary>
    /// <param name="endpoint">The address at which they reach the service.</param>
    /// <param name="place">The name of the bucket or container.</param>
    public abstract IReadOnlyDictionary<string, string> VariablesOf(Uri endpoint, string place);
}

/// <summary>S3, as moto imitates it.</summary>
internal sealed class MotoCloud(MotoServer moto) : RunCloud
{
    public override string Name => "aws";

    public override string RetriesSetting => "METAFLOW_S3_TRANSIENT_RETRY_COUNT";

    public override Task<Uri> ServerAsync() => moto.RequiredAsync();

    public override Task<string> CreatePlaceAsync(Uri server) => Buckets.CreatePlaceAsync(server);

    public override IBlobStore StoreOf(Uri server, string place) => Buckets.StoreOf(server, place, Prefix);

    public override IReadOnlyDictionary<string, string> VariablesOf(Uri endpoint, string place) => new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = "AKTEST",
        ["AWS_SECRET_ACCESS_KEY"] = "SKTEST",
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["METAFLOW_S3_ENDPOINT_URL"] = endpoint.ToString(),
        ["METAFLOW_DEFAULT_DATASTORE"] = "s3",
        ["METAFLOW_DATASTORE_SYSROOT_S3"] = $"s3://{place}/{Prefix}",
    };
}

/// <summary>Azure Blob Storage, as Azurite emulates it.</summary>
internal sealed class AzuriteCloud(AzuriteServer azurite) : RunCloud
{
    public override string Name => "azure";

    public override string RetriesSetting => "METAFLOW_AZURE_STORAGE_TRANSIENT_RETRY_COUNT";

    public override Task<Uri> ServerAsync() => azurite.RequiredAsync();

    public override Task<string> CreatePlaceAsync(Uri server) => Containers.CreatePlaceAsync(server);

    public override IBlobStore StoreOf(Uri server, string place) => Containers.StoreOf(Containers.KeyOf(server), place);

    public override IReadOnlyDictionary<string, string> VariablesOf(Uri endpoint, string place)
        => new Dictionary<string, string>(Containers.KeyOf(endpoint))
        {
            ["METAFLOW_DEFAULT_DATASTORE"] = "azure",
            ["METAFLOW_DATASTORE_SYSROOT_AZURE"] = $"{place}/{Prefix}",
        };
}

/// <summary>Google Cloud Storage, as an emulator with the tests' own conditions has it.</summary>
internal sealed class GoogleCloud(GoogleEmulator emulator) : RunCloud
{
    public override string Name => "gcp";

    public override string RetriesSetting => "METAFLOW_GS_TRANSIENT_RETRY_COUNT";

    public override async Task<Uri> ServerAsync() => (await emulator.RequiredAsync()).Address;

    public override async Task<string> CreatePlaceAsync(Uri server) => (await emulator.RequiredAsync()).CreateBucket();

    public override IBlobStore StoreOf(Uri server, string place) => GoogleBuckets.StoreOf(server, place);

    public override IReadOnlyDictionary<string, string> VariablesOf(Uri endpoint, string place) => new Dictionary<string, string>
    {
        ["STORAGE_EMULATOR_HOST"] = endpoint.ToString(),
        ["METAFLOW_DEFAULT_DATASTORE"] = "gs",
        ["METAFLOW_DATASTORE_SYSROOT_GS"] = $"gs://{place}/{Prefix}",
    };
}
