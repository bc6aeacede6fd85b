using Metaflow.Aws;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>A bucket of its own behind a proxy, as programs reach it: by settings.</summary>
internal sealed class DataPlace : IAsyncDisposable
{
    static DataPlace()
    {
        ProgramPlugins.Add<AwsPlugin>();

        // Moto takes every key.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "k");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "s");
    }

    private DataPlace(Uri server, FaultProxy proxy, string bucket) => (Server, Proxy, Bucket) = (server, proxy, bucket);

    public Uri Server { get; }

    public FaultProxy Proxy { get; }

    public string Bucket { get; }

    public string Root => $"s3://{Bucket}/some/prefix";

    public static async Task<DataPlace> CreateAsync(MotoServer moto)
    {
        var server = await moto.RequiredAsync();
        var place = new DataPlace(server, await FaultProxy.StartAsync(server), $"b{Guid.NewGuid():N}");
        using var client = new HttpClient();
        (await client.PutAsync(new Uri(server, place.Bucket), null)).EnsureSuccessStatusCode();
        return place;
    }

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();

    public ObjectFolderOptions Options(params (string Name, string Value)[] settings) => OptionsWith(
        [("METAFLOW_S3_ENDPOINT_URL", Proxy.Address.ToString()), ("METAFLOW_S3_TRANSIENT_RETRY_COUNT", "6"), .. settings]);

    public static ObjectFolderOptions OptionsWith(params (string Name, string Value)[] settings) => new()
    {
        Settings = new MetaflowSettings
        {
            User = "ada",
            Datastore = StoreAddress.Local("/nowhere/.metaflow"),
            Environment = settings.ToDictionary(static setting => setting.Name, static setting => setting.Value),
        },
    };

    public ObjectFolder Open(params (string Name, string Value)[] settings) => ObjectFolder.Open(Root, Options(settings));

    public void Fail(int request, Fault fault)
    {
        var first = Proxy.Requests;
        Proxy.Faults = (number, _) => number == first + request ? fault : Fault.None;
    }
}
