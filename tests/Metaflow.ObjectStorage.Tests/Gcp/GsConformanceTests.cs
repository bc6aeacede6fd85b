using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Storage;
using Metaflow.Testing.Conformance;

namespace Metaflow.ObjectStorage.Tests.Gcp;

/// <summary>The contract of stores, in a bucket of Google.</summary>
public sealed class GsConformanceTests(GoogleEmulator emulator) : BlobStoreConformance, IAsyncLifetime
{
    private IBlobStore _store = null!;

    public static TheoryData<string> Cases => new(CasesOf<BlobStoreConformance>());

    public async ValueTask InitializeAsync()
    {
        var rules = await emulator.RequiredAsync();
        _store = GoogleBuckets.StoreOf(rules.Address, rules.CreateBucket());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Keeps_the_promise(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override IBlobStore Create() => _store;
}
