using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Shows the commands, or what one command takes.</summary>
/// <param name="host">The program.</param>
/// <typeparam name="TContext">What its commands work with.</typeparam>
internal sealed class HelpCommand<TContext>(CommandHost<TContext> host) : Command<TContext>
    where TContext : CommandContext
{
    /// <inheritdoc/>
    public override bool ShowsHeader => false;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show all commands, or the options of one.",
        Arguments = ["COMMAND", "SUBCOMMAND"],
        Examples = host.HelpExamples,
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(TContext context)
    {
        host.WriteHelp(context.Line.Arguments.Count == 0 ? null : Find(context.Line.Arguments));
        return Task.FromResult(ExitCodes.Success);
    }

    private CommandSpecification Find(IReadOnlyList<string> words)
    {
        var group = host.Specify(words[0]) ?? throw UsageErrors.UnknownCommand(words[0], host.Commands.Names);
        var name = string.Join(' ', words);
        return host.Specify(name) ?? throw UsageErrors.UnknownCommand(name, [.. group.Subcommands.Select(static command => command.Name)]);
    }
}
