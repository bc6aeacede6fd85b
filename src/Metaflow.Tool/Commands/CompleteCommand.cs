using Metaflow.Cli.Completion;
using Metaflow.Cli.Parsing;
using Metaflow.Errors;
using Metaflow.Tool.Tutorials;

namespace Metaflow.Tool.Commands;

/// <summary>Answers the shells' scripts: prints the words that may follow.</summary>
internal sealed class CompleteCommand : ToolCommand
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => CompletionOutput.Words;

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var completer = new Completer(ToolOptions.All, ToolCatalogue.Names, static name => ToolCatalogue.Find(name)?.Specification, (of, _) => ValuesOf(context, of));
        CompletionOutput.Write(context.Streams, completer, context.Line);
        return Task.FromResult(ExitCodes.Success);
    }

    private static IEnumerable<Candidate> ValuesOf(ToolContext context, string of)
    {
        try
        {
            return [.. of switch
            {
                "FLOW" => context.Client().Flows.Select(static flow => new Candidate(flow.Name)),
                "--profile" => Profiles.Names(context).Select(static name => new Candidate(name)),
                "--episode" or "EPISODE" => TutorialCatalogue.Episodes.Select(static episode => new Candidate(episode.Name, episode.Title)),
                "COMMAND" => ToolCatalogue.Names.Select(static name => new Candidate(name)),
                "SHELL" => ShellScript.Shells.Select(static shell => new Candidate(shell)),
                _ => [],
            }];
        }
        catch (MetaflowException)
        {
            // A shell has no place for errors: there is just nothing to offer.
            return [];
        }
    }
}
