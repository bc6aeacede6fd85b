using Metaflow.Aws.Tests.Servers;
using Metaflow.Storage;
using Metaflow.Testing.Conformance;

namespace Metaflow.Aws.Tests;

/// <summary>The contract of stores, in a bucket of moto's.</summary>
public sealed class S3ConformanceTests(MotoServer moto) : BlobStoreConformance, IAsyncLifetime
{
    private IBlobStore _store = null!;

    public static TheoryData<string> Cases => new(CasesOf<BlobStoreConformance>());

    public async ValueTask InitializeAsync() => _store = await Buckets.CreateAsync(moto.Required());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Keeps_the_promise(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override IBlobStore Create() => _store;
}
