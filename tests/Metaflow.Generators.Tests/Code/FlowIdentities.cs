using System.Runtime.Loader;
using Metaflow.Code;
using Metaflow.Generators.Tests.Compiling;

namespace Metaflow.Generators.Tests.Code;

/// <summary>Compiles flows into a folder of their own and identifies their steps.</summary>
internal sealed class FlowIdentities : IDisposable
{
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("metaflow-identity-");

    public void Dispose() => Folder.Delete(recursive: true);

    /// <summary>Names the steps whose identities differ.</summary>
    public static string Changed(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
        => string.Join(' ', before.Keys.Where(name => before[name] != after[name]));

    /// <summary>Writes a flow of two steps, the first of which has a statement.</summary>
    public static string CaseOf(string declarations, string statement) => $$"""
        using System.Runtime.InteropServices;
        using System.Text.Json;
        using System.Text.Json.Serialization;
        {{declarations}}
        public static class State { public static int X; public static readonly List<Func<int>> All = []; }
        public partial class CaseFlow : FlowSpec
        {
            public partial int Factor { get; set; }
            private static int[] Items() => [1, 2];
            private int Start(int x) => x - 1;
            [Step]
            Transition Start() { {{statement}} return Next(End); }
            [Step]
            void End() => Console.WriteLine(Factor);
        }
        """;

    /// <summary>Compiles a source and returns the identities of a flow's steps.</summary>
    public IReadOnlyDictionary<string, string> Of(
        string source, string flow, string[] steps, Action<FlowSpec>? change = null, string? decorator = null, string? text = null)
    {
        var compilation = FlowCompilation.Of(source);
        var isProgram = source.Contains("Task Main(", StringComparison.Ordinal);
        var output = isProgram
            ? compilation.Output
                .WithOptions(compilation.Output.Options.WithOutputKind(Microsoft.CodeAnalysis.OutputKind.ConsoleApplication))
            : compilation.Output;
        var path = Path.Combine(Folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName, "FlowUnderTest.dll");
        using (var file = File.Create(path))
        {
            var resource = new Microsoft.CodeAnalysis.ResourceDescription(
                "Messages.resources", () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text ?? "")), isPublic: true);
            var result = output.Emit(
                file, manifestResources: text is null ? [] : [resource], cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        }

        var context = new AssemblyLoadContext("identity", isCollectible: true);
        var instance = (FlowSpec)Activator.CreateInstance(context.LoadFromAssemblyPath(path).GetType(flow, throwOnError: true)!)!;
        change?.Invoke(instance);
        var identities = CodeHasher.Of(
            instance, steps, decorators: decorator is null ? [] : [instance.GetType().Assembly.GetType(decorator, throwOnError: true)!]);
        context.Unload();
        return identities;
    }
}
