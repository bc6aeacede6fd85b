using Metaflow.Cli.Help;
using Metaflow.Cli.Parsing;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Shows the commands, or what one command takes.</summary>
internal sealed class HelpCommand : ToolCommand
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Name = "help",
        Summary = "Show all commands, or the options of one.",
        Arguments = ["COMMAND", "SUBCOMMAND"],
        Examples = ["help", "help configure show"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        Write(context, context.Line.Arguments.Count == 0 ? null : Find(context.Line.Arguments));
        return Task.FromResult(ExitCodes.Success);
    }

    /// <summary>Writes help.</summary>
    /// <param name="context">The context.</param>
    /// <param name="command">The command to explain; <see langword="null"/> for the tool.</param>
    public static void Write(ToolContext context, CommandSpecification? command)
    {
        var page = new HelpPage(context.Streams, ToolCatalogue.Invocation);
        if (command is null)
        {
            page.WriteProgram(
                "What concerns no single flow: settings, tutorials, and the flows and runs of a datastore. A flow's own commands are those of its program.",
                [.. ToolCatalogue.Names.Select(static name => ToolCatalogue.Find(name)!.Specification)],
                ToolOptions.All,
                "status",
                "tutorials pull");
        }
        else
        {
            page.WriteCommand(command, ToolOptions.All);
        }
    }

    private static CommandSpecification Find(IReadOnlyList<string> words)
    {
        var group = ToolCatalogue.Find(words[0])?.Specification ?? throw UsageErrors.UnknownCommand(words[0], ToolCatalogue.Names);
        var name = string.Join(' ', words);
        return ToolCatalogue.Find(name)?.Specification ?? throw UsageErrors.UnknownCommand(name, [.. group.Subcommands.Select(static command => command.Name)]);
    }
}
