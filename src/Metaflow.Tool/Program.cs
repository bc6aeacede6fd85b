using Metaflow.Aws;
using Metaflow.Azure;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Gcp;
using Metaflow.Plugins;

namespace Metaflow.Tool;

/// <summary>The entry point of the <c>metaflow</c> tool: the one place that takes the console of the process.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        ProgramPlugins.Add<AwsPlugin>();
        ProgramPlugins.Add<AzurePlugin>();
        ProgramPlugins.Add<GcpPlugin>();
        return ToolCommandLine.ExecuteAsync(arguments, ProcessConsole.Open());
    }
}
