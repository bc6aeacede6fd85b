using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Tool.Commands;

/// <summary>Prints the version.</summary>
internal sealed class VersionCommand : ToolCommand
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Name = "version",
        Summary = "Print the version of the tool.",
        Options = [JsonOutput.Option],
        Examples = ["version"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        if (context.WantsJson)
        {
            context.WriteJson(new Dictionary<string, object?> { ["version"] = ProductVersion.Text, ["runtime"] = $"dotnet {Environment.Version}" });
        }
        else
        {
            context.Streams.Out.WriteLine(ProductVersion.Text);
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
