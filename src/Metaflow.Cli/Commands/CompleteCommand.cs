using Metaflow.Cli.Completion;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Answers the shells' scripts: prints the words that may follow.</summary>
internal sealed class CompleteCommand : FlowCommand
{
    private const int MostRuns = 20;

    /// <inheritdoc/>
    public override bool ShowsHeader => false;

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => CompletionOutput.Words;

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        var completer = new Completer(
            CommonOptions.All,
            CommandCatalogue.Names,
            name => CommandCatalogue.Find(name)?.Specify(context.Application),
            (of, typed) => ValuesOf(context, of, typed));
        CompletionOutput.Write(context.Streams, completer, context.Line);
        return Task.FromResult(ExitCodes.Success);
    }

    private static IEnumerable<Candidate> ValuesOf(CommandContext context, string of, string typed)
    {
        try
        {
            return [.. of switch
            {
                "--with" => context.Application.KnownDecorators.Select(static name => new Candidate(name)),
                "--run-id" or "--origin-run-id" or "RUN_ID" or "RUN1" or "RUN2" or "RUN" => Runs(context, ""),
                "INPUT" => Inputs(context, typed),
                "STEP" => context.Application.Definition.Graph.Steps.Select(static step => new Candidate(step.Name)),
                "COMMAND" => CommandCatalogue.Names.Select(static name => new Candidate(name)),
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

    private static IEnumerable<Candidate> Runs(CommandContext context, string end)
        => RunChoice.Flow(context, null).Runs().Take(MostRuns)
            .Select(run => new Candidate(run.Id + end, JsonOutput.Time(run.CreatedAt) ?? ""))
            .Prepend(new Candidate(RunChoice.Latest + end, "The newest run."));

    private static IEnumerable<Candidate> Inputs(CommandContext context, string typed) => typed.Split('/') switch
    {
        [_] => Runs(context, "/"),
        [var run, _] => context.Application.Definition.Graph.Steps.Select(step => new Candidate($"{run}/{step.Name}")),
        [var run, var step, _] => TaskArgument.InOrder(RunChoice.Find(context, run, null).Step(step).Tasks).Select(task => new Candidate($"{run}/{step}/{task.Id}")),
        _ => [],
    };
}
