using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Tool.Tutorials;
using Metaflow.Tool.Views;

namespace Metaflow.Tool.Commands;

/// <summary>Lists the tutorials.</summary>
internal sealed class TutorialsListCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "List the tutorials.",
        Options = [JsonOutput.Option],
        Examples = ["tutorials list"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(
                context,
                TutorialCatalogue.Episodes.Select(static episode => new Dictionary<string, object?>
                {
                    ["episode"] = episode.Name,
                    ["title"] = episode.Title,
                }).ToArray());
        }
        else
        {
            ToolTable.Write(
                context.Streams,
                ["EPISODE", "TITLE"],
                [.. TutorialCatalogue.Episodes.Select(static episode => (string[])[episode.Name, episode.Title])]);
            context.Say("'metaflow tutorials info --episode NAME' says more; 'metaflow tutorials pull' copies them.");
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
