using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Checks whether a datastore is whole.</summary>
internal sealed class FsckCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Check whether a flow, or all flows, are stored completely, and repair what can be repaired.",
        Details = DatastoreVerification.Details,
        Arguments = ["FLOW"],
        Options = DatastoreVerification.Options,
        Examples = ["fsck", "fsck TrainFlow --content --repair", "fsck --json"],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context) => DatastoreVerification.Request(context.Line, null);

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        _ = NamedDatastore.Open(context);
        if (NamedDatastore.IsMissing(context))
        {
            NamedDatastore.SayEmpty(context, "flows");
            return Task.FromResult(ExitCodes.Success);
        }

        return DatastoreVerification.ExecuteAsync(
            context, DatastoreVerification.Request(context.Line, context.Line.Arguments is [var flow, ..] ? flow : null));
    }
}
