using Metaflow.Cli.Help;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;

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
        Arguments = ["COMMAND"],
        Examples = ["help", "help run"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        Write(context, context.Line.Arguments is [var name, ..]
            ? CommandCatalogue.Find(name)?.Specify(context.Application) ?? throw UsageErrors.UnknownCommand(name, CommandCatalogue.Names)
            : null);
        return Task.FromResult(ExitCodes.Success);
    }

    /// <summary>Writes help.</summary>
    /// <param name="context">The context.</param>
    /// <param name="command">The command to explain; <see langword="null"/> for the program.</param>
    public static void Write(CommandContext context, CommandSpecification? command)
    {
        var page = new HelpPage(context.Streams, context.Application);
        if (command is null)
        {
            page.WriteProgram([.. CommandCatalogue.Names.Select(name => CommandCatalogue.Find(name)!.Specify(context.Application))], CommonOptions.All);
        }
        else
        {
            page.WriteCommand(command, CommonOptions.All);
        }
    }
}
