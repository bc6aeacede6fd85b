using System.Runtime.CompilerServices;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Stores;

/// <summary>Adds the store in a folder, the metadata provider that keeps its records there, and the one that keeps records in any
/// store.</summary>
internal sealed class LocalStorePlugin : IMetaflowPlugin
{
    private LocalStorePlugin()
    {
    }

    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var factory = new Factory();
        registry.Add<IStoreFactory>(StoreAddress.LocalType, factory);
        registry.Add<IMetadataFactory>(StoreAddress.LocalType, factory);
        registry.Add<IMetadataFactory>(StoreMetadataProvider.Type, static () => new StoredRecords());
    }

#pragma warning disable CA2255 // As the generated code of a program: whoever uses the assembly has to see it.
    [ModuleInitializer]
    internal static void Add() => ProgramPlugins.Add(typeof(LocalStorePlugin), Register);
#pragma warning restore CA2255

    private sealed class StoredRecords : IMetadataFactory
    {
        public IMetadataProvider Open(IBlobStore blobs, StoreOptions options) => new StoreMetadataProvider(blobs, options.Time);
    }

    private sealed class Factory : IStoreFactory, IMetadataFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options) => new LocalBlobStore(address.Root, options.Time);

        // Beside data elsewhere the records are where those of local data would be, as Python Metaflow's are.
        public IMetadataProvider Open(IBlobStore blobs, StoreOptions options) => blobs is LocalBlobStore local
            ? new LocalMetadataProvider(local, options.Time)
            : new LocalMetadataProvider(SettingsLoader.LocalRoot(options.Setting(SettingNames.LocalDatastoreRoot)), options.Time);
    }
}
