using Metaflow.Cli.Parsing;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>A command that is nothing but its sub-commands; alone it shows them.</summary>
/// <param name="name">The name.</param>
/// <param name="summary">What the sub-commands are about.</param>
/// <param name="subcommands">Their names, without the group's.</param>
/// <param name="examples">Examples.</param>
internal sealed class ToolCommandGroup(string name, string summary, IReadOnlyList<string> subcommands, params IReadOnlyList<string> examples) : ToolCommand
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Name = name,
        Summary = summary,
        IsGroup = true,
        Subcommands = [.. subcommands.Select(subcommand => ToolCatalogue.Find($"{name} {subcommand}")!.Specification)],
        Examples = examples,
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        HelpCommand.Write(context, Specification);
        return Task.FromResult(ExitCodes.Success);
    }
}
