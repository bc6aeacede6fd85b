using System.Runtime.Loader;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Plugins;
using Metaflow.Storage;
using Microsoft.CodeAnalysis;

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
                public IBlobStore Open(StoreAddress address, StoreOptions options) => Metaflow.Stores.RunStores.InMemory().Blobs;
            }
        }
        """;

    [Fact]
    public void A_program_registers_the_plug_ins_that_it_references()
    {
        var package = FlowCompilation.Of(Package);
        var program = FlowCompilation.Of("internal static class Program { internal static int Answer() => 42; }", library: package);
        Assert.Contains(
            program.GeneratedTexts,
            static text => text.Contains("ProgramPlugins.Add<global::Shelves.ShelfPlugin>();", StringComparison.Ordinal));

        // A package registers its own too: a notebook may load nothing else.
        Assert.Single(package.GeneratedTexts);
        Assert.Empty(program.CompilerProblems());
    }

    [Fact]
    public void They_are_there_before_any_code_of_the_program_runs()
    {
        using var image = new MemoryStream();
        Assert.True(FlowCompilation.Of(Package + " public static class Starter { public static int Answer() => 42; }").Output
            .Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        image.Position = 0;
        var assembly = new AssemblyLoadContext("plugins", isCollectible: false).LoadFromStream(image);
        Assert.Equal(42, assembly.GetType("Shelves.Starter")!.GetMethod("Answer")!.Invoke(null, null));
        Assert.Contains("generated-shelf", ProgramPlugins.Registry.NamesOf<IStoreFactory>());
    }

    [Fact]
    public void Decorators_and_back_ends_of_the_author_are_registered_where_they_can_be_made()
    {
        var program = FlowCompilation.Of("""
            using System.Diagnostics.CodeAnalysis;
            using Metaflow.Secrets;
            public sealed class OneAttribute : DecoratorAttribute;
            public abstract class NoneAttribute : DecoratorAttribute;
            public sealed class WithArgumentAttribute(int number) : DecoratorAttribute { public int Number => number; }
            public sealed class OfTypeAttribute<T> : DecoratorAttribute;
            file sealed class HiddenAttribute : DecoratorAttribute;
            [Obsolete("gone", error: true)] public sealed class GoneAttribute : DecoratorAttribute;
            [Obsolete("soon")] public sealed class OldAttribute : DecoratorAttribute;
            public sealed class NeedingAttribute : DecoratorAttribute { public required int Level { get; set; } }
            public partial class Outer { internal sealed class InnerAttribute : FlowDecoratorAttribute; private sealed class OwnAttribute : DecoratorAttribute; }
            internal sealed record Vault : ISecretsProvider
            {
                public string Name => "vault";
                public ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(SecretRequest request, CancellationToken cancellationToken) => default;
            }
            """, DocumentationMode.None);
        Assert.Empty(program.CompilerProblems());
        var text = Assert.Single(program.GeneratedTexts);
        string[] registered = ["NeedingAttribute", "OldAttribute", "OneAttribute", "Outer.InnerAttribute", "Vault"];
        Assert.Equal(
            registered.Select(static type =>
                $"registry.AddOwn(typeof(global::{type}), static () => global::System.Activator.CreateInstance<global::{type}>());"),
            text.Split('\n').Select(static line => line.Trim())
                .Where(static line => line.StartsWith("registry.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("public sealed class P;", "It does not implement 'IMetaflowPlugin'.")]
    [InlineData("public interface P : IMetaflowPlugin;", "It is not a class.")]
    [InlineData("public static class P;", "It is not a class.")]
    [InlineData(
        "internal sealed class P : IMetaflowPlugin { public static void Register(PluginRegistry registry) { } }", "'P' is not public")]
    [InlineData(
        "file sealed class P : IMetaflowPlugin { public static void Register(PluginRegistry registry) { } }", "is file-local")]
    public async Task What_programs_cannot_register_is_an_error_where_it_is_named_and_nothing_is_generated(string declaration, string why)
    {
        var package = FlowCompilation.Of(
            $"using Metaflow.Plugins;\n[assembly: MetaflowPlugin(typeof(P))]\n{declaration}", DocumentationMode.None);
        var problem = Assert.Single(await package.AnalyzeAsync(), static problem => problem.Id == "MF1054");
        Assert.Contains(why, problem.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(1, problem.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Empty(package.GeneratedTexts);
        Assert.Empty(package.CompilerProblems());
    }

    [Theory]
    [InlineData("public abstract class P : IMetaflowPlugin { public static void Register(PluginRegistry registry) { } }")]
    [InlineData("public readonly struct P : IMetaflowPlugin { public static void Register(PluginRegistry registry) { } }")]
    public async Task What_is_never_made_may_be_abstract(string declaration)
    {
        var package = FlowCompilation.Of(
            $"using Metaflow.Plugins;\n[assembly: MetaflowPlugin(typeof(P))]\n{declaration}", DocumentationMode.None);
        Assert.Empty(await package.AnalyzeAsync());
        Assert.Single(package.GeneratedTexts);
        Assert.Empty(package.CompilerProblems());
    }

    [Fact]
    public void A_program_without_plug_ins_has_nothing_of_them()
        => Assert.Empty(FlowCompilation.Of("internal static class Program { internal static int Answer() => 42; }").GeneratedTexts);
}
