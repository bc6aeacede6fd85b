using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Tool.Tutorials;

namespace Metaflow.Tool.Commands;

/// <summary>Prints what a tutorial is about.</summary>
internal sealed class TutorialsInfoCommand : Command<ToolContext>
{
    private const string EpisodeOption = "episode";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print what a tutorial is about, and what to type.",
        Arguments = ["EPISODE"],
        Options =
        [
            new() { Name = EpisodeOption, ValueName = "name", Description = "The episode; its number is enough." },
            JsonOutput.Option,
        ],
        Examples = ["tutorials info --episode 00-helloworld", "tutorials info 02"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var name = context.Line.Text(EpisodeOption) ?? (context.Line.Arguments is [var first, ..]
            ? first
            : throw UsageErrors.MissingArgument("EPISODE", "'metaflow tutorials list' shows the episodes."));
        var episode = TutorialCatalogue.Find(name);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, new Dictionary<string, object?>
            {
                ["episode"] = episode.Name,
                ["title"] = episode.Title,
                ["page"] = episode.Readme,
            });
        }
        else
        {
            context.Streams.Out.Write(episode.Readme.TrimEnd() + "\n");
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
