using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>Shows the commands, or what one command takes.</summary>
/// <param name="host">The program.</param>
/// <typeparam name="TContext">What its commands work with.</typeparam>
internal sealed class HelpCommand<TContext>(CommandHost<TContext> host) : Command<TContext>
    where TContext : CommandContext
{
    /// <summary>The word that stands for the options of every command.</summary>
    public const string OptionsTopic = "options";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show all commands, the options of one, or those of all ('help options').",
        Arguments = ["COMMAND", "SUBCOMMAND"],
        Examples = host.HelpExamples,
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(TContext context)
    {
        if (context.Line.Arguments is [OptionsTopic] && host.Specify(OptionsTopic) is null)
        {
            host.WriteOptions();
        }
        else
        {
            host.WriteHelp(context.Line.Arguments.Count == 0 ? null : Find(context.Line.Arguments));
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private ConfigurationException Unknown(string word)
    {
        var closest = ClosestName.Find(word, [OptionsTopic, .. host.Commands.Names]);
        return UsageErrors.UnknownCommand(word, closest == OptionsTopic ? [closest] : host.Commands.Names);
    }

    private CommandSpecification Find(IReadOnlyList<string> words)
    {
        var group = host.Specify(words[0]) ?? throw Unknown(words[0]);
        var name = string.Join(' ', words);
        return host.Specify(name) ?? throw UsageErrors.UnknownCommand(name, [.. group.Subcommands.Select(static command => command.Name)]);
    }
}
