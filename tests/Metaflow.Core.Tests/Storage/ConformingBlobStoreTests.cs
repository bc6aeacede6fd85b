using Metaflow.Testing.Conformance;

namespace Metaflow.Core.Tests.Storage;

/// <summary>Runs the suite of blob stores.</summary>
public abstract class ConformingBlobStoreTests : BlobStoreConformance
{
    public static TheoryData<string> Cases => new(CasesOf<BlobStoreConformance>());

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Keeps_the_promise(string name) => RunAsync(name, TestContext.Current.CancellationToken);
}
