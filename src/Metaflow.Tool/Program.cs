using Metaflow.Cli.Terminal;
using Metaflow.Commands;

namespace Metaflow.Tool;

/// <summary>The entry point of the <c>metaflow</c> tool: the one place that takes the console of the process.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => ToolCommandLine.ExecuteAsync(arguments, ProcessConsole.Open());
}
