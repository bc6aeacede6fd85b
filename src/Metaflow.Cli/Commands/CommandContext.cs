using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>What a command works with.</summary>
/// <param name="Application">The flow program, with the settings that the command line asks for.</param>
/// <param name="Line">The command line.</param>
/// <param name="Streams">The console.</param>
/// <param name="Interruption">Stops a run.</param>
internal sealed record CommandContext(IFlowApplication Application, ParsedCommandLine Line, ConsoleStreams Streams, RunInterruption Interruption)
{
    /// <summary>Gets a value indicating whether messages for people are unwanted.</summary>
    public bool IsQuiet => Line.Flag(CommonOptions.Quiet);

    /// <summary>Prints a message for people, unless they want quiet.</summary>
    public void Say(string message)
    {
        if (!IsQuiet)
        {
            Streams.Error.WriteLine(message);
        }
    }
}
