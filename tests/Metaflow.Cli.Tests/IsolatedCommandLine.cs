using Metaflow.Cli.Commands;
using System.Runtime.Loader;
using Metaflow.Cli.Configs;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

/// <summary>The command line loaded once more, beside that of the other tests, to see which libraries a command loads.</summary>
internal sealed class IsolatedCommandLine() : AssemblyLoadContext(nameof(IsolatedCommandLine), isCollectible: true), IDisposable
{
    private static readonly string[] Isolated = ["Metaflow.", "Spectre.", "System.CommandLine", "YamlDotNet"];

    /// <summary>Executes a command and returns the names of what is loaded then.</summary>
    public async Task<IReadOnlyList<string>> LoadedAfterAsync(bool isTerminal, params string[] arguments)
    {
        await (Task)Invoke(nameof(ExecuteAsync), isTerminal, arguments)!;
        return Loaded;
    }

    /// <summary>Parses a configuration and returns the names of what is loaded then.</summary>
    public IReadOnlyList<string> LoadedAfterParsing(string yaml)
    {
        Invoke(nameof(Parse), yaml);
        return Loaded;
    }

    /// <summary>Called by name in the assembly that was loaded once more.</summary>
    public static async Task ExecuteAsync(bool isTerminal, string[] arguments)
    {
        using var interruption = new RunInterruption();
        var streams = new ConsoleStreams
        {
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            OutputIsTerminal = isTerminal,
            ErrorIsTerminal = isTerminal,
        };
        Assert.Equal(0, await new FlowCommandHost(new FakeApplication(), streams, interruption).ExecuteAsync(arguments));
    }

    /// <summary>Called by name, as <see cref="ExecuteAsync"/>.</summary>
    public static void Parse(string yaml) => Assert.NotNull(new YamlConfigParser().Parse(yaml));

    public void Dispose() => Unload();

    private IReadOnlyList<string> Loaded => [.. Assemblies.Select(static assembly => assembly.GetName().Name!)];

    private object? Invoke(string method, params object[] arguments)
        => LoadFromAssemblyPath(typeof(IsolatedCommandLine).Assembly.Location).GetType(typeof(IsolatedCommandLine).FullName!)!
            .GetMethod(method)!.Invoke(null, arguments);

    protected override System.Reflection.Assembly? Load(System.Reflection.AssemblyName assemblyName)
    {
        var file = Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll");
        return Isolated.Any(prefix => assemblyName.Name!.StartsWith(prefix, StringComparison.Ordinal)) && File.Exists(file)
            ? LoadFromAssemblyPath(file)
            : null;
    }
}
