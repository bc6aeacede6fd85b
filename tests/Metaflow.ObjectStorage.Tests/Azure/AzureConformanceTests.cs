using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Storage;
using Metaflow.Testing.Conformance;

namespace Metaflow.ObjectStorage.Tests.Azure;

/// <summary>The contract of stores, in a container of Azurite.</summary>
public sealed class AzureConformanceTests(AzuriteServer azurite) : BlobStoreConformance, IAsyncLifetime
{
    private IBlobStore _store = null!;

    public static TheoryData<string> Cases => new(CasesOf<BlobStoreConformance>());

    public async ValueTask InitializeAsync()
    {
        var server = await azurite.RequiredAsync();
        _store = Containers.StoreOf(Containers.KeyOf(server), await Containers.CreatePlaceAsync(server));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Keeps_the_promise(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override IBlobStore Create() => _store;
}
