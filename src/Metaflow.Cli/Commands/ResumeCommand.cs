using Metaflow.Cli.Parsing;
using Metaflow.Commands;

namespace Metaflow.Cli.Commands;

/// <summary>Goes on from what an earlier run finished.</summary>
internal sealed class ResumeCommand : FlowCommand
{
    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = "resume",
        Summary = "Go on with an earlier run.",
        Details = ContinuedRun.Details,
        Options = [.. ContinuedRun.Options],
        Examples = [ContinuedRun.Example],
    };

    /// <inheritdoc/>
    public override void CheckInput(CommandContext context)
    {
        if (!ContinuedRun.IsAsked(context.Line))
        {
            throw UsageErrors.MissingArgument("--continue", "Name the run to continue; 'runs' lists the runs.");
        }

        ContinuedRun.CheckInput(context);
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context) => ContinuedRun.ExecuteAsync(context);
}
