using Metaflow.Cli.Terminal;

namespace Metaflow.Tool;

/// <summary>The entry point of the <c>metaflow</c> tool: the one place that takes the console of the process.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => ToolCommandLine.ExecuteAsync(arguments, ConsoleStreams.OfProcess(), Console.In);
}
