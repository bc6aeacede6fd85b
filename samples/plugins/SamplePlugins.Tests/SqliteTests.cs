using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Testing.Conformance;

namespace SamplePlugins.Tests;

/// <summary>A file of SQLite keeps what a store promises.</summary>
public sealed class SqliteBlobStoreTests : BlobStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sample-plugins-").FullName;

    public static TheoryData<string> Cases => new(CasesOf<BlobStoreConformance>());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override IBlobStore Create()
        => RunStores.OpenBlobs(new StoreAddress("sqlite", Path.Combine(_folder, "runs.db")), StoreOptions.Without(TimeProvider.System));
}

/// <summary>The records beside the data keep what a metadata provider promises.</summary>
public sealed class SqliteMetadataTests : MetadataProviderConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sample-plugins-").FullName;

    public static TheoryData<string> Cases => new(CasesOf<MetadataProviderConformance>());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override IMetadataProvider Create() => RunStores.Open(
        new StoreAddress("sqlite", Path.Combine(_folder, "runs.db")), StoreOptions.Without(TimeProvider.System), "sqlite").Metadata;
}
