using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Naming;

namespace Metaflow.Cli.Completion;

/// <summary>What the two commands of completion are and print, in flow programs and in the tool.</summary>
internal static class CompletionOutput
{
    private const string NewWord = "new-word";

    /// <summary>Returns what the command that prints a script accepts.</summary>
    /// <param name="examples">Examples.</param>
    public static CommandSpecification Script(params IReadOnlyList<string> examples) => new()
    {
        Summary = "Print the script that completes commands in a shell.",
        Details =
            $"SHELL is one of {string.Join(", ", ShellScript.Shells)}. The script's first line says how to load it. Shells then "
                + "complete commands, options, parameters, steps and the ids of runs.",
        Arguments = ["SHELL"],
        RequiredArguments = 1,
        Examples = examples,
    };

    /// <summary>Gets what the command accepts that the scripts call.</summary>
    public static CommandSpecification Words { get; } = new()
    {
        Summary = "Print the words that may follow, for the scripts of 'completion'.",
        Arguments = ["WORDS"],
        LastArgumentRepeats = true,
        Options = [new() { Name = NewWord, Description = "The word to complete is a new, empty one." }],
        Examples = ["complete -- run --max"],
    };

    /// <summary>Returns the shell that a command line names.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2004: there is no script for it.</exception>
    public static string ShellOf(ParsedCommandLine line) => ShellScript.Shells.Contains(line.Arguments[0])
        ? line.Arguments[0]
        : throw UsageErrors.UnknownArgument("SHELL", line.Arguments[0], ShellScript.Shells);

    /// <summary>Prints candidates.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="completer">Finds them.</param>
    /// <param name="line">The command line.</param>
    public static void Write(ConsoleStreams streams, Completer completer, ParsedCommandLine line)
    {
        foreach (var (text, description) in completer.Complete(line.Flag(NewWord) ? [.. line.Arguments, ""] : line.Arguments))
        {
            var word = VisibleText.Line(text);
            streams.Out.Write(description.Length == 0 ? $"{word}\n" : $"{word}\t{VisibleText.Line(description.ReplaceLineEndings(" "))}\n");
        }
    }
}
