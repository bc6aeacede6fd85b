using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Tool.Programs;

namespace Metaflow.Tool.Commands;

/// <summary>Runs a flow program; it is built only when one of its files changed.</summary>
internal sealed class RunCommand : Command<ToolContext>
{
    /// <summary>The command's name.</summary>
    public const string Name = "run";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Build a flow's program if it changed, and run it.",
        Details =
            "PROGRAM is a C# file, a project, or the folder of a project. The arguments after it go to the program; shells complete them "
                + "too. If no file of the program has changed since the last build, the program starts at once.",
        Arguments = ["PROGRAM", "ARGUMENTS"],
        RequiredArguments = 1,
        LastArgumentRepeats = true,
        Examples = ["run train.cs run --epochs 3", "run train.cs dump latest/end", "run src/Train show"],
    };

    /// <summary>Marks the end of the tool's own options: all that follows the program is the program's. The options of every command,
    /// which may stand before it, are the program's too.</summary>
    /// <param name="arguments">The tool's arguments.</param>
    public static IReadOnlyList<string> Separate(IReadOnlyList<string> arguments)
    {
        var command = AfterOptions(arguments, 0);
        var program = AfterOptions(arguments, command + 1);
        return program < arguments.Count && arguments[command] == Name && arguments[program] is not ("--help" or "-h" or "--")
            ?
            [
                Name, "--", arguments[program], .. arguments.Take(command), .. arguments.Take(program).Skip(command + 1),
                .. arguments.Skip(program + 1),
            ]
            : arguments;
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        var arguments = context.Line.Arguments;
        var target = FlowTarget.Find(arguments[0], context.Streams.WorkingFolder);
        var program = BuiltProgram.Read(target) is { IsCurrent: true } current
            ? current
            : await ProgramBuild.BuildAsync(target, context.Streams.Error, context.Stopping).ConfigureAwait(false);
        return program is null ? ExitCodes.Failure : await RunningProgram.RunAsync(
            program, arguments.Skip(1), context.Streams.WorkingFolder, $"metaflow run {arguments[0]}").ConfigureAwait(false);
    }

    private static int AfterOptions(IReadOnlyList<string> arguments, int index)
    {
        while (index < arguments.Count && ToolOptions.Find(arguments[index].Split('=')[0]) is { } option)
        {
            index += option.ValueName is null || arguments[index].Contains('=', StringComparison.Ordinal) ? 1 : 2;
        }

        return index;
    }

    /// <summary>Prints what the program answers to a shell. It is not built for that: before it is, the commands of every flow program are
    /// offered.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="words">What was typed from the program's file on.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> CompleteAsync(ConsoleStreams streams, IReadOnlyList<string> words)
    {
        try
        {
            var target = FlowTarget.Find(words[0], streams.WorkingFolder);
            if (BuiltProgram.Read(target) is { } program && File.Exists(program.Command))
            {
                var answer = await RunningProgram.AnswerAsync(program, words.Skip(1), streams.WorkingFolder).ConfigureAwait(false);
                await streams.Out.WriteAsync(answer).ConfigureAwait(false);
                return ExitCodes.Success;
            }

            foreach (var name in FlowCommandHost.NamesAfter([.. words.Skip(1)]))
            {
                await streams.Out.WriteAsync(name + "\n").ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is ConfigurationException or System.ComponentModel.Win32Exception)
        {
            // A shell has no place for errors.
        }

        return ExitCodes.Success;
    }
}
