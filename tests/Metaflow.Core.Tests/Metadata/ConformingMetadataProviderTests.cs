using Metaflow.Testing.Conformance;

namespace Metaflow.Core.Tests.Metadata;

/// <summary>Runs the suite of metadata providers.</summary>
public abstract class ConformingMetadataProviderTests : MetadataProviderConformance
{
    public static TheoryData<string> Cases => new(CasesOf<MetadataProviderConformance>());

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Keeps_the_promise(string name) => RunAsync(name, TestContext.Current.CancellationToken);
}
