using Metaflow.Errors;

namespace Metaflow.Commands;

/// <summary>A command that is nothing but its sub-commands, those whose names begin with its own; alone it shows them.</summary>
/// <typeparam name="TContext">What its sub-commands work with.</typeparam>
/// <param name="summary">What the sub-commands are about.</param>
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
