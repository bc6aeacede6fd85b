using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Plugins;

/// <summary>Stores of packages beside the local one.</summary>
public sealed class PluginRegistryTests
{
    private static readonly StoreOptions Options = StoreOptions.Without(TimeProvider.System);

    [Fact]
    public void A_store_of_a_plug_in_is_opened_by_its_address()
    {
        var registry = new PluginRegistry().Use<LocalStorePlugin>().Use<ShelfPlugin>().Use<ShelfPlugin>();
        var stores = RunStores.Open(new StoreAddress("shelf", "shelf://one"), Options, "memory", registry);
        Assert.Equal("shelf://one", stores.Blobs.Root);
        Assert.Equal(["local", "shelf"], registry.NamesOf<IStoreFactory>());
    }

    [Fact]
    public void Two_plug_ins_of_one_name_are_refused_with_both()
    {
        var error = Assert.Throws<ConfigurationException>(() => new PluginRegistry().Use<ShelfPlugin>().Use<OtherShelfPlugin>());
        Assert.Equal(ErrorCodes.PluginNameTaken, error.Code);
        Assert.Contains("'shelf'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_calls_itself_otherwise_is_refused_since_tasks_would_not_find_it()
    {
        var registry = new PluginRegistry().Use<ShelfPlugin>();
        registry.Add<IStoreFactory>("drawer", new Shelf());
        registry.Add<IMetadataFactory>("drawer", new Shelf());
        var store = Assert.Throws<ConfigurationException>(() => RunStores.OpenBlobs(
            new StoreAddress("drawer", "drawer://one"), Options, registry));
        Assert.Equal(("MF3026", "The datastore of type 'drawer' calls itself 'shelf'."), (store.Code, store.What));
        var records = Assert.Throws<ConfigurationException>(() => RunStores.Open(
            new StoreAddress("shelf", "shelf://one"), Options, "drawer", registry));
        Assert.Equal(("MF3026", "The metadata provider of type 'drawer' calls itself 'memory'."), (records.Code, records.What));
    }

    [Fact]
    public void A_name_of_the_framework_is_taken()
    {
        var error = Assert.Throws<ConfigurationException>(() => new PluginRegistry().Use<LocalStorePlugin>().Use<LocalPretender>());
        Assert.Equal((ErrorCodes.PluginNameTaken, "A plug-in adds 'local', which the framework already has."), (error.Code, error.What));
        Assert.StartsWith("Inform the author of the package", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_is_added_as_its_own_class_is_refused_since_nobody_would_find_it()
    {
        var registry = new PluginRegistry();
        foreach (var error in (ConfigurationException[])
        [
            Assert.Throws<ConfigurationException>(() => registry.Add("shelf", new Shelf())),
            Assert.Throws<ConfigurationException>(() => registry.Add("shelf", static () => new Shelf())),
        ])
        {
            Assert.Equal("MF1059", error.Code);
            Assert.Contains("the program itself adds it as a 'Shelf'", error.Why, StringComparison.Ordinal);
        }

        registry.Add<IStoreFactory>("shelf", new Shelf());
        registry.AddDecorator("shelf", static () => null!);
    }

    [Theory]
    [InlineData(typeof(MissingMethodException), "MF1058")]
    [InlineData(typeof(TypeLoadException), "MF1058")]
    [InlineData(typeof(FileNotFoundException), "MF1058")]
    [InlineData(typeof(InvalidOperationException), "MF9002")]
    public void What_a_plug_in_throws_as_it_is_registered_or_makes_a_part_is_told_with_whose_fault_it_is(Type type, string code)
    {
        BreakingPlugin.Thrown = () => (Exception)Activator.CreateInstance(type, "no such thing")!;
        var error = Assert.ThrowsAny<MetaflowException>(() => new PluginRegistry().Use<BreakingPlugin>());
        Assert.Equal(code, error.Code);
        Assert.Contains(
            "'Metaflow.Core.Tests.Plugins.PluginRegistryTests+BreakingPlugin' of 'Metaflow.Core.Tests'",
            error.What,
            StringComparison.Ordinal);
        Assert.Contains("no such thing", error.Message, StringComparison.Ordinal);

        var lazy = new PluginRegistry();
        lazy.Add<IStoreFactory>("late", () => throw BreakingPlugin.Thrown());
        var late = Assert.ThrowsAny<MetaflowException>(() => lazy.Find<IStoreFactory>("late"));
        Assert.Equal(code, late.Code);
        Assert.Contains("The part 'late'", late.What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_framework_that_a_plug_in_throws_stays_as_it_is()
    {
        BreakingPlugin.Thrown = static () => new ConfigurationException("MF7777", "What.", "Why.", "Fix.");
        Assert.Equal("MF7777", Assert.Throws<ConfigurationException>(static () => new PluginRegistry().Use<BreakingPlugin>()).Code);
    }

    [Theory]
    [InlineData("METAFLOW_SHELF_DEPHT", "METAFLOW_SHELF_DEPTH")]
    [InlineData("METAFLOW_USR", "METAFLOW_USER")]
    [InlineData("METAFLOW_DATASTORE_SYSROOT_SHELV", "METAFLOW_DATASTORE_SYSROOT_SHELF")]
    [InlineData("METAFLOW_RUN_MAX_WORKERS", null)]
    [InlineData("METAFLOW_SERVICE_URL", null)]
    [InlineData("METAFLOW_SHELF_DEPTH", null)]
    [InlineData("METAFLOW_", null)]
    public void A_setting_that_was_probably_mistyped_is_told(string name, string? meant)
    {
        ProgramPlugins.Add<ShelfPlugin>();
        var settings = SettingsLoader.Load(new Dictionary<string, string> { ["METAFLOW_USER"] = "ada", [name] = "3" }, "/tmp", "/tmp");
        string[] expected = meant is null
            ? []
            : [$"The setting '{name}' in the environment has no effect: no setting has this name. Did you mean '{meant}'?"];
        Assert.Equal(expected, SettingTable.Mistyped(settings));
    }

    [Fact]
    public void A_type_that_no_plug_in_has_is_refused_with_those_that_there_are()
    {
        var error = Assert.Throws<ConfigurationException>(
            () => new MetaflowClient(new MetaflowSettings { User = "ada", Datastore = new StoreAddress("locl", "x") }));
        Assert.Equal(ErrorCodes.UnknownStoreType, error.Code);
        Assert.Contains("Did you mean 'local'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_data_elsewhere_can_be_kept_in_a_folder()
    {
        var registry = new PluginRegistry().Use<LocalStorePlugin>().Use<ShelfPlugin>();
        var options = new StoreOptions(
            static name => name == "METAFLOW_DATASTORE_SYSROOT_LOCAL" ? "/some/folder" : null, TimeProvider.System);
        Assert.Equal(
            "/some/folder/.metaflow",
            RunStores.Open(new StoreAddress("shelf", "shelf://one"), options, registry: registry).Metadata.Location);
    }

    [Fact]
    public void Settings_name_a_datastore_by_its_type_and_root()
    {
        ProgramPlugins.Add<ShelfPlugin>();
        var environment = new Dictionary<string, string> { ["METAFLOW_USER"] = "ada", ["METAFLOW_DEFAULT_DATASTORE"] = "shelf" };
        Assert.Equal(
            ErrorCodes.NoDatastoreRoot,
            Assert.Throws<ConfigurationException>(() => SettingsLoader.Load(environment, "/tmp").Datastore).Code);
        environment["METAFLOW_DATASTORE_SYSROOT_SHELF"] = "shelf://one";
        Assert.Equal(new StoreAddress("shelf", "shelf://one"), SettingsLoader.Load(environment, "/tmp").Datastore);
        Assert.Equal(StoreAddress.Local("/tmp/.metaflow"), SettingsLoader.Load(environment, "/tmp", "/tmp").Datastore);
        Assert.Equal(new StoreAddress("shelf", "shelf://two"), SettingsLoader.Load(environment, "/tmp", "shelf://two").Datastore);
    }

    [Fact]
    public void A_store_reads_its_settings_by_their_types_and_errors_say_where_they_are_set()
    {
        var settings = new Dictionary<string, string>
        {
            ["METAFLOW_SHELF_DEPTH"] = "4",
            ["METAFLOW_SHELF_OPEN"] = "",
            ["METAFLOW_SHELF_SIZE"] = "-1",
        };
        var reader = SettingReader.Of(StoreOptions.Of(
            settings, TimeProvider.System, new Dictionary<string, string> { ["METAFLOW_SHELF_SIZE"] = "/etc/config.json" }));
        Assert.Equal((4, 3, false, true), (
            reader.Number("METAFLOW_SHELF_DEPTH", otherwise: 1), reader.Number("METAFLOW_SHELF_NUMBER", otherwise: 3),
            reader.Flag("METAFLOW_SHELF_OPEN", otherwise: true), reader.Flag("METAFLOW_SHELF_LOCKED", otherwise: true)));
        Assert.Contains(
            "It is set in the file '/etc/config.json'.",
            Assert.Throws<ConfigurationException>(() => reader.Number("METAFLOW_SHELF_SIZE", 0)).Why,
            StringComparison.Ordinal);
        settings["METAFLOW_SHELF_DEPTH"] = "deep";
        Assert.Contains(
            "It is set in the environment.",
            Assert.Throws<ConfigurationException>(() => reader.Number("METAFLOW_SHELF_DEPTH", 0)).Why,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_is_described_once_or_alike()
    {
        var registry = new PluginRegistry();
        registry.AddSetting(new SettingDescription("METAFLOW_SHELF_DEPTH", SettingKind.Number, "It is the depth."));
        registry.AddSetting(new SettingDescription("METAFLOW_SHELF_DEPTH", SettingKind.Number, "It is the depth."));
        Assert.Single(registry.All<SettingDescription>());
        var error = Assert.Throws<ConfigurationException>(
            () => registry.AddSetting(new SettingDescription("METAFLOW_SHELF_DEPTH", SettingKind.Text, "It is the depth.")));
        Assert.Equal(ErrorCodes.PluginNameTaken, error.Code);
        Assert.Throws<ArgumentException>(
            () => registry.AddSetting(new SettingDescription("SHELF_DEPTH", SettingKind.Number, "It is the depth.")));
    }

    [Fact]
    public void The_registry_of_the_process_is_shared_and_nobody_adds_to_it_directly()
    {
        Assert.Same(ProgramPlugins.Registry, ProgramPlugins.Registry);
        Assert.Throws<InvalidOperationException>(() => ProgramPlugins.Registry.Use<OtherShelfPlugin>());
        Assert.Throws<InvalidOperationException>(() => ProgramPlugins.Registry.Add<IStoreFactory>("drawer", new Shelf()));
    }

    [Theory]
    [InlineData("local:/data/.metaflow", "local", "/data/.metaflow")]
    [InlineData("s3://bucket/prefix", "s3", "s3://bucket/prefix")]
    [InlineData("sqlite:/data/runs.db", "sqlite", "/data/runs.db")]
    public void An_address_is_a_text_and_back(string text, string type, string root)
    {
        Assert.True(StoreAddress.TryParse(text, out var address));
        Assert.Equal(new StoreAddress(type, root), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("/data/.metaflow")]
    [InlineData("data")]
    [InlineData("C:/data")]
    [InlineData("./a:b")]
    [InlineData("s3:")]
    [InlineData("")]
    public void A_path_is_no_address(string text) => Assert.False(StoreAddress.TryParse(text, out _));

    private sealed class ShelfPlugin : IMetaflowPlugin
    {
        public static void Register(PluginRegistry registry)
        {
            registry.Add<IStoreFactory>("shelf", new Shelf());
            registry.Add<IMetadataFactory>("memory", new Shelf());
            registry.AddSetting(new SettingDescription("METAFLOW_SHELF_DEPTH", SettingKind.Number, "It is how deep the shelves are."));
        }
    }

    private sealed class LocalPretender : IMetaflowPlugin
    {
        public static void Register(PluginRegistry registry) => registry.Add<IStoreFactory>("local", new Shelf());
    }

    private sealed class BreakingPlugin : IMetaflowPlugin
    {
        public static Func<Exception> Thrown { get; set; } = static () => new InvalidOperationException();

        public static void Register(PluginRegistry registry) => throw Thrown();
    }

    private sealed class OtherShelfPlugin : IMetaflowPlugin
    {
        public static void Register(PluginRegistry registry) => registry.Add<IStoreFactory>("shelf", new Shelf());
    }

    private sealed class Shelf : IStoreFactory, IMetadataFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options) => new ShelfStore(address.Root);

        public IMetadataProvider Open(IBlobStore blobs, StoreOptions options) => new MemoryMetadataProvider(options.Time);
    }

    private sealed class ShelfStore(string root) : IBlobStore
    {
        private readonly MemoryBlobStore _kept = new();

        public string TypeName => "shelf";

        public string Root => root;

        public ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
            => _kept.SaveAsync(writes, overwrite, cancellationToken);

        public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken) => _kept.OpenAsync(path, cancellationToken);

        public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => _kept.StateAsync(paths, cancellationToken);

        public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
            => _kept.ListAsync(folder, cancellationToken);

        public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => _kept.DeleteAsync(paths, cancellationToken);
    }
}
