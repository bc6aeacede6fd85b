using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Removes and adds tags of a run in one step.</summary>
internal sealed class TagReplaceCommand : Command<FlowContext>
{
    private const string Add = "add";
    private const string Remove = "remove";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Replace tags of a run in one step.",
        Details = "Removals come first, then additions; nobody sees the run between the two.",
        Options =
        [
            TagTarget.Option,
            new()
            {
                Name = Add,
                ValueName = "tag",
                IsRepeatable = true,
                IsRequired = true,
                Description = "A tag to add. May be given several times.",
            },
            new()
            {
                Name = Remove,
                ValueName = "tag",
                IsRepeatable = true,
                IsRequired = true,
                Description = "A tag to remove. May be given several times.",
            },
            JsonOutput.Option,
        ],
        Examples = ["tag replace --run-id 1795299563529680 --remove candidate --add released"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        var (adds, removes) = (context.Line.All(Add).Count > 0, context.Line.All(Remove).Count > 0);
        if (!adds || !removes)
        {
            throw UsageErrors.Conflict(
                (adds, removes) switch
                {
                    (true, _) => "Specify at least one tag to remove.",
                    (_, true) => "Specify at least one tag to add.",
                    _ => "Specify at least one tag to add (--add) and one tag to remove (--remove).",
                },
                "Use 'tag add' to add only, and 'tag remove' to remove only.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var run = TagTarget.Find(context);
        run.ChangeTags(context.Line.All(Add), context.Line.All(Remove));
        TagTarget.Write(context, run);
        return Task.FromResult(ExitCodes.Success);
    }
}
