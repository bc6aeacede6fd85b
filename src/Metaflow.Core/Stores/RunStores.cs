using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Stores;

/// <summary>Where runs keep their data and their records.</summary>
/// <param name="Blobs">Keeps data and logs.</param>
/// <param name="Metadata">Keeps the records.</param>
public sealed record RunStores(IBlobStore Blobs, IMetadataProvider Metadata)
{
    /// <summary>Opens stores.</summary>
    /// <param name="address">Where the datastore is.</param>
    /// <param name="options">What it is opened with.</param>
    /// <param name="metadata">The type of the metadata provider.</param>
    /// <param name="registry">Knows the types; those of this process by default.</param>
    /// <returns>The stores.</returns>
    /// <exception cref="ConfigurationException">MF2049: no plug-in of this process has the type. MF2076: the provider cannot keep records
    /// of such a store. MF3026: a part calls itself by another name than it is registered under.</exception>
    public static RunStores Open(
        StoreAddress address, StoreOptions options, string metadata = StoreAddress.LocalType, PluginRegistry? registry = null)
    {
        var blobs = OpenBlobs(address, options, registry);
        var records = Find<IMetadataFactory>(registry, metadata, "metadata provider").Open(blobs, options);
        return records.TypeName == metadata
            ? new RunStores(blobs, records)
            : throw PluginErrors.TypeDiffers("metadata provider", metadata, records.TypeName);
    }

    /// <summary>Opens a datastore alone.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="options">What it is opened with.</param>
    /// <param name="registry">Knows the types; those of this process by default.</param>
    /// <returns>The datastore.</returns>
    /// <exception cref="ConfigurationException">MF2049: no plug-in of this process has the type. MF3026: it calls itself by another
    /// name.</exception>
    public static IBlobStore OpenBlobs(StoreAddress address, StoreOptions options, PluginRegistry? registry = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        var blobs = Find<IStoreFactory>(registry, address.Type, "datastore").Open(address, options);
        return blobs.TypeName == address.Type ? blobs : throw PluginErrors.TypeDiffers("datastore", address.Type, blobs.TypeName);
    }

    /// <summary>Makes stores in memory, empty.</summary>
    /// <param name="time">The clock; the system's by default.</param>
    /// <returns>The stores.</returns>
    public static RunStores InMemory(TimeProvider? time = null)
        => new(new MemoryBlobStore(), new MemoryMetadataProvider(time ?? TimeProvider.System));

    /// <summary>Returns stores that read from another datastore what this one lacks.</summary>
    /// <param name="origin">The other datastore.</param>
    /// <returns>The stores; they write to this one only.</returns>
    public RunStores ReadingThrough(IBlobStore origin) => this with { Blobs = new ReadThroughBlobStore(Blobs, origin) };

    private static T Find<T>(PluginRegistry? registry, string type, string what)
        where T : class
    {
        registry ??= ProgramPlugins.Registry;
        return registry.Find<T>(type) ?? throw new ConfigurationException(
            ErrorCodes.UnknownStoreType,
            $"There is no {what} of type '{type}'.",
            $"This program has {string.Join(", ", registry.NamesOf<T>().Select(static name => $"'{name}'"))}. {registry.Remedy}",
            ClosestName.Find(type, registry.NamesOf<T>()) is { } near
                ? $"Did you mean '{near}'?"
                : "Choose one of these, or reference the package that provides it.")
        { ExitCode = ExitCodes.Usage };
    }
}
