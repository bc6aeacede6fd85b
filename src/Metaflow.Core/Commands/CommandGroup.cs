using Metaflow.Errors;

namespace Metaflow.Commands;

/// <summary>A command that only groups its subcommands, whose names begin with its name. Without a subcommand, it lists them.</summary>
/// <typeparam name="TContext">The context of its subcommands.</typeparam>
/// <param name="summary">The topic of the subcommands.</param>
/// <param name="examples">Examples: what follows the program's name.</param>
public sealed class CommandGroup<TContext>(string summary, params IReadOnlyList<string> examples) : Command<TContext>
    where TContext : CommandContext
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new() { Summary = summary, IsGroup = true, Examples = examples };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(TContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.WriteHelp();
        return Task.FromResult(ExitCodes.Success);
    }
}
