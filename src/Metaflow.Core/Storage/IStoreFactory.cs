namespace Metaflow.Storage;

/// <summary>Opens stores of one type. A plug-in adds it under the type's name.</summary>
public interface IStoreFactory
{
    /// <summary>Opens a store. It is not asked anything yet: a store that cannot be reached says so when it is used.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="options">The options.</param>
    /// <returns>The store.</returns>
    /// <exception cref="Errors.ConfigurationException">The address or a setting cannot be.</exception>
    IBlobStore Open(StoreAddress address, StoreOptions options);
}
