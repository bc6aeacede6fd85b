using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Chooses how a run is shown.</summary>
internal static class RunView
{
    /// <summary>Returns the view that fits the console; it is disposed when the run has ended.</summary>
    public static IRunObserver For(ConsoleStreams streams)
        => streams.IsRich ? new TerminalRunView(streams) : new PlainRunView(streams);
}
