using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Cli.Commands;

/// <summary>Prints the version.</summary>
internal sealed class VersionCommand : FlowCommand
{
    /// <inheritdoc/>
    public override bool ShowsHeader => false;

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = "version",
        Summary = "Print the version of Metaflow.",
        Examples = ["version"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        context.Streams.Out.WriteLine(ProductVersion.Text);
        return Task.FromResult(ExitCodes.Success);
    }
}
