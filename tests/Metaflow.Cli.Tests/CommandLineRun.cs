using Metaflow.Cli.Commands;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

/// <summary>Executes a command line and keeps what it printed.</summary>
internal sealed record CommandLineRun(int ExitCode, string Out, string Error)
{
    public static Task<CommandLineRun> OfAsync(FakeApplication application, params string[] arguments)
        => WithEnvironmentAsync(application, [], arguments);

    public static Task<CommandLineRun> WithEnvironmentAsync(
        FakeApplication application, Dictionary<string, string> environment, params string[] arguments)
        => WithStreamsAsync(application, streams => streams with { Environment = environment }, arguments);

    public static Task<CommandLineRun> WithStreamsAsync(
        FakeApplication application, Func<ConsoleStreams, ConsoleStreams> change, params string[] arguments)
        => WithPluginsAsync(application, new PluginRegistry(), change, arguments);

    public static async Task<CommandLineRun> WithPluginsAsync(
        FakeApplication application, PluginRegistry plugins, Func<ConsoleStreams, ConsoleStreams> change, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var interruption = new RunInterruption();
        var streams = change(new ConsoleStreams { Out = output, Error = error, WorkingFolder = "/home/ada" });
        var exitCode = await new FlowCommandHost(application, streams, interruption, plugins).ExecuteAsync(arguments);
        return new CommandLineRun(exitCode, output.ToString(), error.ToString());
    }
}
