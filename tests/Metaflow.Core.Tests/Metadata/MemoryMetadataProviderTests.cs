using Metaflow.Metadata;

namespace Metaflow.Core.Tests.Metadata;

public sealed class MemoryMetadataProviderTests : ConformingMetadataProviderTests
{
    private readonly MemoryMetadataProvider _provider = new(TimeProvider.System);

    protected override IMetadataProvider Create() => _provider;
}
