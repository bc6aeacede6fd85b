using Metaflow.Core.Tests.Metadata;
using Metaflow.FarStore;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>The contract of stores on a server that refuses requests and loses answers.</summary>
public sealed class FarBlobStoreTests : ConformingBlobStoreTests, IAsyncDisposable
{
    private readonly ObjectServer _server = new(TimeSpan.FromMilliseconds(1)) { RefusesEach = 7, LosesAnswerOfEach = 11 };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    protected override IBlobStore Create() => new FarBlobStore(_server.Address);
}

/// <summary>The contract of metadata providers on such a server.</summary>
public sealed class FarMetadataProviderTests : ConformingMetadataProviderTests, IAsyncDisposable
{
    private readonly ObjectServer _server = new(TimeSpan.FromMilliseconds(1)) { RefusesEach = 7, LosesAnswerOfEach = 11 };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    protected override IMetadataProvider Create() => new StoreMetadataProvider(new FarBlobStore(_server.Address), TimeProvider.System);
}
