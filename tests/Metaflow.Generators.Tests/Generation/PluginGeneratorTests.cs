using System.Runtime.Loader;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Generators.Tests.Generation;

/// <summary>Programs that reference packages with plug-ins.</summary>
public sealed class PluginGeneratorTests
{
    private const string Package = """
        using Metaflow.Plugins;
        using Metaflow.Storage;
        [assembly: MetaflowPlugin(typeof(Shelves.ShelfPlugin))]
        namespace Shelves;
        public sealed class ShelfPlugin : IMetaflowPlugin
        {
            public static void Register(PluginRegistry registry) => registry.Add<IStoreFactory>("generated-shelf", new Factory());
            private sealed class Factory : IStoreFactory
            {
                public IBlobStore Open(StoreAddress address, StoreOptions options) => new MemoryBlobStore();
            }
        }
        """;

    [Fact]
    public void A_program_registers_the_plug_ins_that_it_references()
    {
        var package = FlowCompilation.Of(Package);
        var program = FlowCompilation.Of("internal static class Program { internal static int Answer() => 42; }", library: package);
        Assert.Contains(program.GeneratedTexts, static text => text.Contains("ProgramPlugins.Add<global::Shelves.ShelfPlugin>();", StringComparison.Ordinal));

        // A package registers its own too: a notebook may load nothing else.
        Assert.Single(package.GeneratedTexts);
        Assert.Empty(program.CompilerProblems());
    }

    [Fact]
    public void They_are_there_before_any_code_of_the_program_runs()
    {
        using var image = new MemoryStream();
        Assert.True(FlowCompilation.Of(Package + " public static class Starter { public static int Answer() => 42; }").Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        image.Position = 0;
        var assembly = new AssemblyLoadContext("plugins", isCollectible: false).LoadFromStream(image);
        Assert.Equal(42, assembly.GetType("Shelves.Starter")!.GetMethod("Answer")!.Invoke(null, null));
        Assert.Contains("generated-shelf", ProgramPlugins.Registry.NamesOf<IStoreFactory>());
    }

    [Fact]
    public void A_program_without_plug_ins_has_nothing_of_them()
        => Assert.Empty(FlowCompilation.Of("internal static class Program { internal static int Answer() => 42; }").GeneratedTexts);
}
