using Metaflow.Cli.Commands;
using Metaflow.Cli.Help;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Cli;

/// <summary>The command line of a program with several flows, where its first argument names none of them.</summary>
internal static class ProgramCommandLine
{
    private static readonly string[] HelpTexts = ["--help", "-h", "-?", "help"];

    /// <summary>Lists the flows, or says that there is no such flow.</summary>
    /// <param name="invocation">How the user starts the program.</param>
    /// <param name="flows">The flows with their summaries.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="streams">The console.</param>
    /// <returns>The exit code: 0 for a listing, 2 for a wrong command line (MF6010).</returns>
    public static int Execute(
        string invocation, IReadOnlyList<(string Name, string Summary)> flows, IReadOnlyList<string> arguments, ConsoleStreams streams)
    {
        ArgumentNullException.ThrowIfNull(flows);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(streams);
        streams = streams.Watched();
        if (arguments.Count == 0 || HelpTexts.Contains(arguments[0]))
        {
            List(invocation, flows, streams);
            return ExitCodes.Success;
        }

        if (arguments[0] == "--version")
        {
            streams.Out.WriteLine($"Metaflow {ProductVersion.Text}");
            return ExitCodes.Success;
        }

        ErrorView.WriteUsageError(
            streams,
            NoSuchFlow(invocation, arguments[0], [.. flows.Select(static flow => flow.Name)]),
            $"{invocation} FLOW COMMAND [ARGS]...",
            $"{invocation} --help");
        return ExitCodes.Usage;
    }

    private static ConfigurationException NoSuchFlow(string invocation, string typed, IReadOnlyList<string> names)
    {
        var known = $"The flows are {string.Join(", ", names)}.";
        return typed.StartsWith('-')
            ? Unknown($"The first argument is '{typed}'.", "It must be the name of the flow; options follow it.", known)
            : Unknown(
                $"No such flow '{typed}'.",
                known,
                FlowCommandHost.Has(typed)
                    ? $"'{typed}' is a command. Write '{invocation} {names[0]} {typed}'."
                    : ClosestName.Find(typed, names) is { } closest
                    ? $"Did you mean '{closest}'?"
                    : "");
    }

    private static ConfigurationException Unknown(string what, string why, string fix)
        => new(ErrorCodes.NoSuchFlow, what, why, fix) { ExitCode = ExitCodes.Usage };

    private static void List(string invocation, IReadOnlyList<(string Name, string Summary)> flows, ConsoleStreams streams)
    {
        streams.Out.WriteLine($"Usage: {invocation} FLOW COMMAND [ARGS]...");
        streams.Out.WriteLine();
        new StyledWriter(streams.Out, streams.IsRich).WriteLine(new("Flows", TextStyle.Strong), ":");
        new HelpColumns(streams).Write(flows);
        streams.Out.WriteLine();
        new StyledWriter(streams.Out, streams.IsRich).WriteLine(new("Examples", TextStyle.Strong), ":");
        streams.Out.WriteLine($"  {invocation} {flows[0].Name} run");
        streams.Out.WriteLine($"  {invocation} {flows[0].Name} --help");
    }
}
