namespace Metaflow.Scenarios.Tests.Plugins;

/// <summary>Programs of several assemblies of which one references a package with a plug-in: the launching process and those of tasks have
/// to see the same.</summary>
public sealed class PluginTests : IDisposable
{
    // A store in a folder that is no local one: a process without the plug-in cannot open it.
    private const string Package = """
        using Metaflow.Metadata;
        using Metaflow.Plugins;
        using Metaflow.Storage;
        [assembly: MetaflowPlugin(typeof(Shelves.ShelfPlugin))]
        namespace Shelves;
        public sealed class ShelfPlugin : IMetaflowPlugin
        {
            public static void Register(PluginRegistry registry)
            {
                registry.Add<IStoreFactory>("shelf", new Factory());
                registry.Add<IMetadataFactory>("shelf", new Factory());
            }
            private sealed class Factory : IStoreFactory, IMetadataFactory
            {
                public IBlobStore Open(StoreAddress address, StoreOptions options) => new Shelf(address.Root);
                public IMetadataProvider Open(IBlobStore blobs, StoreOptions options)
                {
                    var provider = System.Reflection.DispatchProxy.Create<IMetadataProvider, Records>();
                    ((Records)provider).Kept = Metaflow.Stores.RunStores.Open(StoreAddress.Local(blobs.Root), options).Metadata;
                    return provider;
                }
            }
        }
        public class Records : System.Reflection.DispatchProxy
        {
            public IMetadataProvider? Kept { get; set; }
            protected override object? Invoke(System.Reflection.MethodInfo? method, object?[]? arguments) => method!.Name == "get_TypeName" ? "shelf" : method.Invoke(Kept, arguments);
        }
        public sealed class Shelf(string root) : IBlobStore, IAppendableBlobStore
        {
            private readonly IBlobStore _kept = Metaflow.Stores.RunStores.OpenBlobs(StoreAddress.Local(root), StoreOptions.Without(TimeProvider.System));
            public string TypeName => "shelf";
            public string Root => root;
            public ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken) => _kept.SaveAsync(writes, overwrite, cancellationToken);
            public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken) => _kept.OpenAsync(path, cancellationToken);
            public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) => _kept.StateAsync(paths, cancellationToken);
            public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken) => _kept.ListAsync(folder, cancellationToken);

            public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) => _kept.DeleteAsync(paths, cancellationToken);
            public Stream OpenAppend(string path) => ((IAppendableBlobStore)_kept).OpenAppend(path);
        }
        """;

    private const string Flow = """
        namespace Flows;
        public partial class ShelvedFlow : FlowSpec
        {
            public partial int Number { get; set; }
            [Step] public Transition Start() { Number = 42; return Next(End); }
            [Step] public void End() => Console.WriteLine($"number {Number}");
        }
        """;

    private const string Program = """
        public static class Program
        {
            public static async Task<int> Main(string[] args)
            {
                if (args[0] != "code")
                {
                    return await FlowProgram.RunAsync<Flows.ShelvedFlow>(args);
                }

                var run = await FlowRunner.RunAsync<Flows.ShelvedFlow>();
                Console.WriteLine($"{run.Succeeded} {run.Data.Number}");
                return run.Succeeded ? 0 : 1;
            }
        }
        """;

    // Keeps the reference: the compiler drops one of which no code speaks.
    private const string Hidden = "public static class Anchor { public static Type Type => typeof(Shelves.Shelf); }";

    private readonly Workplace _place = new();

    public PluginTests()
    {
        _place.Environment["METAFLOW_DEFAULT_DATASTORE"] = "shelf";
        _place.Environment["METAFLOW_DEFAULT_METADATA"] = "shelf";
        _place.Environment["METAFLOW_DATASTORE_SYSROOT_SHELF"] = Path.Combine(_place.Folder, "shelf");
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public Task A_flow_of_a_library_has_the_plug_in_that_the_program_alone_references()
        => RunAsync(Make().Add("Shelves", Package).Add("Flows", Flow).Add("App", Program, "Flows", "Shelves"));

    [Fact]
    public Task A_program_has_the_plug_in_that_the_library_with_its_flow_alone_references()
        => RunAsync(Make().Add("Shelves", Package).Add("Flows", Flow + Hidden, "Shelves").Add("App", Program, "Flows"));

    [Fact]
    public async Task A_program_names_a_plug_in_itself_and_its_commands_choose_the_plug_ins_types()
    {
        _place.Environment.Remove("METAFLOW_DEFAULT_DATASTORE");
        _place.Environment.Remove("METAFLOW_DEFAULT_METADATA");
        var package = Package.Replace("[assembly: MetaflowPlugin(typeof(Shelves.ShelfPlugin))]", "", StringComparison.Ordinal);
        var main =
            "public static class Program { public static Task<int> Main(string[] args) => "
                + "FlowProgram.For<Flows.ShelvedFlow>().Use<Shelves.ShelfPlugin>().RunAsync(args); }";
        var program = Make().Add("Shelves", package).Add(
            "App",
            Flow.Replace("namespace Flows;", "", StringComparison.Ordinal) + main.Replace("Flows.", "", StringComparison.Ordinal),
            "Shelves");
        string[] types = ["--datastore", "shelf", "--metadata", "shelf"];
        Assert.Contains("number 42", (await program.RunAsync(_place, [.. types, "run"])).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("done", (await program.RunAsync(_place, [.. types, "runs"])).Succeeded().Output, StringComparison.Ordinal);
        var wrong = await program.RunAsync(_place, "--datastore", "shef", "run");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains(
            "(choose from 'local', 'shelf') Did you mean 'shelf'?", wrong.Errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("System.FormatException", "Internal error:", "[MF9002]")]
    [InlineData("System.MissingMethodException", "Configuration error:", "[MF1058]")]
    public async Task A_plug_in_that_fails_as_it_is_registered_is_told_as_its_fault_and_without_a_stack_trace(
        string thrown, string headline, string code)
    {
        var package = Package.Replace(
            "registry.Add<IStoreFactory>",
            $"if (DateTime.Now.Year > 1) throw new {thrown}(\"a bug\"); registry.Add<IStoreFactory>",
            StringComparison.Ordinal);
        var run = await Make().Add("Shelves", "using System;" + package).Add("Flows", Flow)
            .Add("App", Program, "Flows", "Shelves").RunAsync(_place, "run");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(headline, run.Errors, StringComparison.Ordinal);
        Assert.Contains("'Shelves.ShelfPlugin' of 'Shelves'", run.Errors, StringComparison.Ordinal);
        Assert.Contains(code, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    private async Task RunAsync(PluggedProgram program)
    {
        Assert.Contains("number 42", (await program.RunAsync(_place, "run")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("True 42", (await program.RunAsync(_place, "code")).Succeeded().Output, StringComparison.Ordinal);
    }

    private PluggedProgram Make() => new(Directory.CreateDirectory(Path.Combine(_place.Folder, "program")).FullName);
}
