using Metaflow.Cli.Help;
using Metaflow.Cli.Parsing;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Shows the commands, or what one command takes.</summary>
internal sealed class HelpCommand : FlowCommand
{
    /// <inheritdoc/>
    public override bool ShowsHeader => false;

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = "help",
        Summary = "Show all commands, or the options of one.",
        Arguments = ["COMMAND", "SUBCOMMAND"],
        Examples = ["help", "help run", "help tag add"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        Write(context, context.Line.Arguments.Count == 0 ? null : Find(context));
        return Task.FromResult(ExitCodes.Success);
    }

    /// <summary>Writes help.</summary>
    /// <param name="context">The context.</param>
    /// <param name="command">The command to explain; <see langword="null"/> for the program.</param>
    public static void Write(CommandContext context, CommandSpecification? command)
    {
        var page = new HelpPage(context.Streams, context.Application.Invocation);
        var definition = context.Application.Definition;
        if (command is null)
        {
            page.WriteProgram(
                definition.Documentation.Length == 0 ? $"The flow '{definition.FlowName}'." : definition.Documentation,
                [.. CommandCatalogue.Names.Select(name => CommandCatalogue.Find(name)!.Specify(context.Application))],
                CommonOptions.Of(context.Application),
                "run",
                "help run");
        }
        else
        {
            page.WriteCommand(command, CommonOptions.Of(context.Application), $"Parameters of {definition.FlowName}");
        }
    }

    private static CommandSpecification Find(CommandContext context)
    {
        var name = string.Join(' ', context.Line.Arguments);
        var group = context.Line.Arguments[0];
        var command = CommandCatalogue.Find(name) ?? (CommandCatalogue.Find(group) is null ? throw UsageErrors.UnknownCommand(group, CommandCatalogue.Names) : null);
        return (command ?? throw UsageErrors.UnknownCommand(
            name, [.. CommandCatalogue.Find(group)!.Specify(context.Application).Subcommands.Select(static known => known.Name)])).Specify(context.Application);
    }
}
