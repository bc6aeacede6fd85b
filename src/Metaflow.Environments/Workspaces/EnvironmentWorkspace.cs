using Metaflow.Client;
using Metaflow.Environments.Archives;
using Metaflow.Environments.Creation;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Environments.Resolution;
using Metaflow.Environments.Settings;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Views;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Environments.Workspaces;

/// <summary>All that resolves, stores and creates environments, as the settings of a process want it.</summary>
internal sealed class EnvironmentWorkspace
{
    private EnvironmentWorkspace()
    {
    }

    /// <summary>Gets the environments that are known.</summary>
    public required EnvironmentBook Book { get; init; }

    /// <summary>Gets what finds environments.</summary>
    public required EnvironmentResolver Resolver { get; init; }

    /// <summary>Gets the folder of this machine in which they are created.</summary>
    public required EnvironmentFolder Folder { get; init; }

    /// <summary>Gets what finds the files of packages.</summary>
    public required PackageSources Sources { get; init; }

    /// <summary>Gets what finds the files of packages of conda and of the Python package index.</summary>
    public required ArchiveSources Archives { get; init; }

    /// <summary>Gets what settings and machine add to requirements for such packages.</summary>
    public required PythonDefaults Defaults { get; init; }

    /// <summary>Gets the packages in the datastore; <see langword="null"/> where none are kept.</summary>
    public required PackageCache? Packages { get; init; }

    /// <summary>Gets what tells users what is done.</summary>
    public required PackageReports Reports { get; init; }

    /// <summary>Gets what opens a client that sees the runs of everybody.</summary>
    public required Func<MetaflowClient> Client { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    // The folder of a datastore that is one.
    private string? RecordFolder { get; init; }

    /// <summary>Returns the files that an environment consists of: those of its packages on this machine, and its record in a datastore
    /// that is a folder.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The absolute paths.</returns>
    public IEnumerable<string> FilesOf(ResolvedEnvironment environment)
        => RecordFolder is null ? Folder.FilesOf(environment)
            : Folder.FilesOf(environment).Append(Path.Combine(RecordFolder, Book.Cache!.PathOf(environment)));

    /// <summary>Returns how an environment is shown.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="book">The environments whose names count.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The view.</returns>
    public async Task<EnvironmentView> ViewAsync(
        ResolvedEnvironment environment, EnvironmentBook book, CancellationToken cancellationToken)
        => new(
            environment, await book.NamesOfAsync(environment.Id, cancellationToken).ConfigureAwait(false), Folder.Has(environment));

    /// <summary>Opens the places that settings name. Nothing is read or written yet.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="options">The options of stores.</param>
    /// <param name="dotnet">The program <c>dotnet</c>.</param>
    /// <param name="workingFolder">The folder in which the search for NuGet's configuration files begins.</param>
    /// <param name="observer">Learns what is done, and sentences that the user should read.</param>
    /// <returns>The workspace.</returns>
    /// <exception cref="Errors.ConfigurationException">A setting is wrong (MF2105).</exception>
    public static EnvironmentWorkspace Open(
        MetaflowSettings settings, StoreOptions options, string dotnet, string workingFolder, IRunObserver observer)
    {
        var own = EnvironmentSettings.Of(settings);
        var root = own.RootOf(settings.Datastore);
        var blobs = root is null ? null : RunStores.OpenBlobs(root, options);
        var reports = new PackageReports(observer, options.Time);
        var packages = blobs is null ? null
            : new PackageCache(blobs, $"{own.PackagesFolder}/{PackageCache.Folder}") { Reports = reports };
        var local = settings.Datastore.IsLocal ? settings.Datastore
            : SettingsLoader.FindDatastore(settings, workingFolder, StoreAddress.LocalType, null);
        var book = new EnvironmentBook(
            new LocalManifest(local.Folder, own.ManifestFile, own.LockTimeout, options.Time),
            blobs is null ? null : new EnvironmentCache(blobs, own.EnvironmentsFolder), own.RemoteLatest,
            Client);
        var restore = new SdkRestore(dotnet, workingFolder);
        var sources = new PackageSources(packages, root?.ToString() ?? "", restore.TryDownloadAsync);
        var folder = new EnvironmentFolder(own.Folder, options.Time) { Reports = reports };
        var python = PythonSettings.Of(settings);
        var client = new Lazy<HttpClient>(() => SourceAccess.Open(python.Access, options.Time));
        var store = blobs is null ? null : new ArchiveStore(blobs, own.PackagesFolder) { Reports = reports };
        var archives = new ArchiveSources(new ArchiveFolder(own.Folder, options.Time), store, root?.ToString() ?? "", () => client.Value);
        var finder = new PackageFinder(
            new NuGetResolver(restore, options.Time, settings.User),
            new PythonResolver(
                new CondaResolver(python, own.Folder, workingFolder, () => client.Value, options.Time), folder.Prefixes, archives, python,
                options.Time),
            store, options.Time, settings.User);
        var resolver = new EnvironmentResolver(book, finder, sources, archives, packages, reports);
        return new EnvironmentWorkspace
        {
            Book = book,
            Resolver = resolver,
            Folder = folder,
            Archives = archives,
            Defaults = new PythonDefaults(python),
            Reports = reports,
            Sources = sources,
            Packages = packages,
            Client = Client,
            Time = options.Time,
            RecordFolder = root is { IsLocal: true } ? root.Folder : null,
        };

        MetaflowClient Client() => new MetaflowClient(settings).WithNamespace(null);
    }
}
