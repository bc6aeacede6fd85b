using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>Opens metadata providers of one type. A plug-in adds it under the type's name.</summary>
public interface IMetadataFactory
{
    /// <summary>Opens a provider. It is not asked anything yet.</summary>
    /// <param name="blobs">The store of the same runs, for providers that keep their records there.</param>
    /// <param name="options">The options.</param>
    /// <returns>The provider.</returns>
    /// <exception cref="Errors.ConfigurationException">The store or a setting cannot be.</exception>
    IMetadataProvider Open(IBlobStore blobs, StoreOptions options);
}
