using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Prints the version.</summary>
/// <typeparam name="TContext">What the program's commands work with.</typeparam>
internal sealed class VersionCommand<TContext> : Command<TContext>
    where TContext : CommandContext
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print the version of Metaflow.",
        Options = [JsonOutput.Option],
        Examples = ["version"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(TContext context)
    {
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(
                context,
                new Dictionary<string, object?> { ["version"] = ProductVersion.Text, ["runtime"] = $"dotnet {Environment.Version}" });
        }
        else
        {
            context.Streams.Out.WriteLine(ProductVersion.Text);
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
