using System.Collections.Concurrent;
using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Opens stores for data by their addresses, each once. Thread-safe.</summary>
/// <param name="options">The settings and the clock.</param>
internal sealed class DataStores(StoreOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(string Scheme, string Place), Lazy<IDataStore>> _open = [];

    /// <summary>Gets the settings and the clock.</summary>
    public StoreOptions Options => options;

    /// <summary>Returns the settings of a process.</summary>
    /// <param name="settings">The settings if a program gives some; otherwise those of the environment and the files are read.</param>
    public static StoreOptions OptionsOf(MetaflowSettings? settings)
    {
        if (settings is not null)
        {
            return StoreOptions.Of(settings.Environment, TimeProvider.System, settings.Origins);
        }

        var environment = SettingsLoader.ProcessEnvironment();
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        return StoreOptions.Of(SettingsFile.Merge(environment, SettingsLoader.LocalRoot(null), origins), TimeProvider.System, origins);
    }

    /// <summary>Returns the store of an address.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="Errors.ConfigurationException">No package has the scheme (MF2049), or the store says that the address cannot
    /// be.</exception>
    public IDataStore Of(DataAddress address)
        => _open.GetOrAdd((address.Scheme, address.Place), _ => new Lazy<IDataStore>(() => Open(address))).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var store in _open.Values.Where(static store => store.IsValueCreated))
        {
            store.Value.Dispose();
        }
    }

    private IDataStore Open(DataAddress address)
    {
        if (address.Scheme == StoreAddress.LocalType)
        {
            return new FolderDataStore(address.Place, options.Time);
        }

        var registry = ProgramPlugins.Registry;
        var factory = registry.Find<IObjectDataFactory>(address.Scheme) ?? throw DataErrors.UnknownScheme(
            address.Start, address.Scheme, [StoreAddress.LocalType, .. registry.NamesOf<IObjectDataFactory>()], registry.Remedy);
        return new RemoteDataStore(address.Start, factory.Open(address.Place, options));
    }
}
