using Metaflow.Cli.Parsing;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>A command that is nothing but its sub-commands; alone it shows them.</summary>
/// <param name="name">The name.</param>
/// <param name="summary">What the sub-commands are about.</param>
/// <param name="subcommands">Their names, without the group's.</param>
/// <param name="examples">Examples.</param>
internal sealed class CommandGroup(string name, string summary, IReadOnlyList<string> subcommands, IReadOnlyList<string> examples) : FlowCommand
{
    /// <inheritdoc/>
    public override bool ShowsHeader => false;

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = name,
        Summary = summary,
        IsGroup = true,
        Subcommands = [.. subcommands.Select(subcommand => CommandCatalogue.Find($"{name} {subcommand}")!.Specify(application))],
        Examples = examples,
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        HelpCommand.Write(context, Specify(context.Application));
        return Task.FromResult(ExitCodes.Success);
    }
}
