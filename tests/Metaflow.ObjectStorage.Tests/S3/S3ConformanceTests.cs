using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Storage;
using Metaflow.Testing.Conformance;

namespace Metaflow.ObjectStorage.Tests.S3;

/// <summary>The contract of stores, in a bucket.</summary>
public abstract class S3ConformanceTests : BlobStoreConformance, IAsyncLifetime
{
    private IBlobStore _store = null!;

    public static TheoryData<string> Cases => new(CasesOf<BlobStoreConformance>());

    public async ValueTask InitializeAsync() => _store = await Buckets.CreateAsync(await ServerAsync());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Keeps_the_promise(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override IBlobStore Create() => _store;

    protected abstract Task<Uri> ServerAsync();
}

/// <summary>The same at moto.</summary>
public sealed class MotoConformanceTests(MotoServer moto) : S3ConformanceTests
{
    protected override Task<Uri> ServerAsync() => moto.RequiredAsync();
}

/// <summary>The same at Ceph's gateway.</summary>
public sealed class CephConformanceTests(CephServer ceph) : S3ConformanceTests
{
    protected override Task<Uri> ServerAsync() => ceph.RequiredAsync();
}
