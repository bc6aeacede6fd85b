using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Cli.Tests;

/// <summary>The commands of a flow program without plug-ins.</summary>
internal static class FlowCommands
{
    public static IReadOnlyList<string> Names => Of(new FakeApplication(), static host => host.Commands.Names);

    public static CommandSpecification Specify(string name, FakeApplication? application = null)
        => Of(application ?? new FakeApplication(), host => host.Specify(name)!);

    private static T Of<T>(FakeApplication application, Func<FlowCommandHost, T> ask)
    {
        using var interruption = new RunInterruption();
        return ask(new FlowCommandHost(
            application, new ConsoleStreams { Out = TextWriter.Null, Error = TextWriter.Null }, interruption, new PluginRegistry()));
    }
}
