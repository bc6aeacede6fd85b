using System.Globalization;

namespace Metaflow.Debugger;

/// <summary>What the debugger is asked to do.</summary>
/// <param name="ProcessId">The process to attach to, or <see langword="null" /> to start one.</param>
/// <param name="Breakpoints">The lines to stop at.</param>
/// <param name="Command">The program to start, with its arguments.</param>
internal sealed record DebuggerArguments(int? ProcessId, IReadOnlyList<SourceLine> Breakpoints, IReadOnlyList<string> Command)
{
    public const string Usage = """
        Says when a program comes to the lines of breakpoints, and lets it go on each time.
        Usage: Metaflow.Debugger --break FILE:LINE... --pid PROCESS     attaches to a process
               Metaflow.Debugger --break FILE:LINE... -- PROGRAM [ARGUMENT...]     starts a program as editors do
        """;

    /// <summary>Reads a command line.</summary>
    /// <returns>What it asks for, or <see langword="null" /> where it is wrong.</returns>
    public static DebuggerArguments? Parse(ReadOnlySpan<string> arguments)
    {
        int? processId = null;
        var breakpoints = new List<SourceLine>();
        while (arguments is [var option, var value, .. var rest] && option != "--")
        {
            arguments = rest;
            if (option == "--pid" && int.TryParse(value, CultureInfo.InvariantCulture, out var id))
            {
                processId = id;
            }
            else if (option == "--break" && SourceLine.Parse(value) is { } line)
            {
                breakpoints.Add(line);
            }
            else
            {
                return null;
            }
        }

        var hasCommand = arguments is ["--", _, ..];
        return hasCommand == processId is null && (hasCommand || arguments.IsEmpty)
            ? new DebuggerArguments(processId, breakpoints, hasCommand ? arguments[1..].ToArray() : [])
            : null;
    }
}
