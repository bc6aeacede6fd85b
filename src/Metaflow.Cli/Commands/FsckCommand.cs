using Metaflow.Commands;

namespace Metaflow.Cli.Commands;

/// <summary>Checks whether the flow's part of the datastore is whole.</summary>
internal sealed class FsckCommand : Command<FlowContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Check whether the flow's runs are stored completely, and repair what can be repaired.",
        Details = DatastoreVerification.Details,
        Options = DatastoreVerification.Options,
        Examples = ["fsck", "fsck --content --repair"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context) => DatastoreVerification.Request(context.Line, null);

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
        => DatastoreVerification.ExecuteAsync(
            context, DatastoreVerification.Request(context.Line, context.Application.Definition.FlowName));
}
