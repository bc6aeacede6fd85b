using Metaflow.Cli.Parsing;
using Metaflow.Errors;
using Metaflow.Running;
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
        Options = [JsonOutput.Option],
        Examples = ["version"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        if (context.Line.Flag(JsonOutput.Option.Name))
        {
            JsonOutput.Write(context, new Dictionary<string, object?> { ["version"] = ProductVersion.Text, ["runtime"] = $"dotnet {Environment.Version}" });
        }
        else
        {
            context.Streams.Out.WriteLine(ProductVersion.Text);
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
