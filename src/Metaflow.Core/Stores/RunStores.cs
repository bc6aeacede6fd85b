using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Stores;

/// <summary>The stores of the data and the records of runs.</summary>
/// <param name="Blobs">Keeps data and logs.</param>
/// <param name="Metadata">Keeps the records.</param>
public sealed record RunStores(IBlobStore Blobs, IMetadataProvider Metadata)
{
    /// <summary>Opens stores.</summary>
    /// <param name="address">Where the datastore is.</param>
    /// <param name="options">The options.</param>
    /// <param name="metadata">The type of the metadata provider.</param>
    /// <param name="registry">Knows the types; those of this process by default.</param>
    /// <returns>The stores.</returns>
    /// <exception cref="ConfigurationException">MF2049: no plug-in of this process has the type. MF3026: the name of a part
    /// differs from its registered name.</exception>
    public static RunStores Open(
        StoreAddress address, StoreOptions options, string metadata = StoreAddress.LocalType, PluginRegistry? registry = null)
    {
        var blobs = OpenBlobs(address, options, registry);
        var records = Find<IMetadataFactory>(registry, metadata, "metadata provider").Open(blobs, options);
        return records.TypeName == metadata
            ? new RunStores(blobs, records)
            : throw PluginErrors.TypeDiffers("metadata provider", metadata, records.TypeName);
    }

    /// <summary>Opens only a datastore.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="options">The options.</param>
    /// <param name="registry">Knows the types; those of this process by default.</param>
    /// <returns>The datastore.</returns>
    /// <exception cref="ConfigurationException">MF2049: no plug-in of this process has the type. MF3026: its name differs from its
    /// registered name.</exception>
    public static IBlobStore OpenBlobs(StoreAddress address, StoreOptions options, PluginRegistry? registry = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        var blobs = Find<IStoreFactory>(registry, address.Type, "datastore").Open(address, options);
        return blobs.TypeName == address.Type ? blobs : throw PluginErrors.TypeDiffers("datastore", address.Type, blobs.TypeName);
    }

    /// <summary>Creates empty stores in memory.</summary>
    /// <param name="time">The clock; the system's by default.</param>
    /// <returns>The stores.</returns>
    public static RunStores InMemory(TimeProvider? time = null)
        => new(new MemoryBlobStore(), new MemoryMetadataProvider(time ?? TimeProvider.System));

    /// <summary>Returns stores that read objects from another datastore if this one does not have them.</summary>
    /// <param name="origin">The other datastore.</param>
    /// <returns>The stores. They write only to this one.</returns>
    public RunStores ReadingThrough(IBlobStore origin) => this with { Blobs = new ReadThroughBlobStore(Blobs, origin) };

    private static T Find<T>(PluginRegistry? registry, string type, string what)
        where T : class
    {
        registry ??= ProgramPlugins.Registry;
        return registry.Find<T>(type) ?? throw new ConfigurationException(
            ErrorCodes.UnknownStoreType,
            $"There is no {what} of type '{type}'.",
            $"This program has {string.Join(", ", registry.NamesOf<T>().Select(static name => $"'{name}'"))}. {registry.Remedy}",
            KnownPackages.RemedyOf(type) is { } remedy ? remedy
                : ClosestName.Find(type, registry.NamesOf<T>()) is { } near ? $"Did you mean '{near}'?"
                : "Choose one of these, or reference the package that provides it.")
        { ExitCode = ExitCodes.Usage };
    }
}
