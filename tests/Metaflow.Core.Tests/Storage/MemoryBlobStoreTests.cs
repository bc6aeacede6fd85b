using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

public sealed class MemoryBlobStoreTests : ConformingBlobStoreTests
{
    private readonly MemoryBlobStore _store = new();

    protected override IBlobStore Create() => _store;
}
