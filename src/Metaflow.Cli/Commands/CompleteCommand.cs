using Metaflow.Cli.Completion;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Answers the shells' scripts: prints the words that may follow.</summary>
/// <param name="host">The program.</param>
/// <typeparam name="TContext">What its commands work with.</typeparam>
internal sealed class CompleteCommand<TContext>(CommandHost<TContext> host) : Command<TContext>
    where TContext : CommandContext
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => CompletionOutput.Words;

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(TContext context)
    {
        var completer = new Completer(host.CommonOptions, host.Commands.Names, host.Specify, (of, typed) => ValuesOf(context, of, typed));
        CompletionOutput.Write(context.Streams, completer, context.Line);
        return Task.FromResult(ExitCodes.Success);
    }

    private IEnumerable<Candidate> ValuesOf(TContext context, string of, string typed)
    {
        try
        {
            return [.. host.ValuesOf(context, of, typed)];
        }
        catch (MetaflowException)
        {
            // A shell has no place for errors: there is just nothing to offer.
            return [];
        }
    }
}
