using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Adds tags to a run, or removes them.</summary>
/// <param name="adds">Whether it adds.</param>
internal sealed class TagChangeCommand(bool adds) : Command<FlowContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = adds ? "Add tags to a run." : "Remove tags from a run.",
        Details = adds
            ? "A tag that the run already has stays as it is."
            : "A tag that the run does not have is ignored. Tags that the framework set cannot be removed.",
        Arguments = ["TAGS"],
        RequiredArguments = 1,
        LastArgumentRepeats = true,
        Options = [TagTarget.Option, JsonOutput.Option],
        Examples = adds
            ? ["tag add --run-id 1795299563529680 reviewed", "tag add --run-id latest baseline 'for paper'"]
            : ["tag remove --run-id 1795299563529680 reviewed"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        if (context.Line.Arguments.Any(string.IsNullOrWhiteSpace))
        {
            throw UsageErrors.EmptyArgument("TAGS", "A tag has at least one letter, for example 'reviewed'.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var run = TagTarget.Find(context);
        run.ChangeTags(adds ? context.Line.Arguments : [], adds ? [] : context.Line.Arguments);
        TagTarget.Write(context, run);
        return Task.FromResult(ExitCodes.Success);
    }
}
