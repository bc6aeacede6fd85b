using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Removes the settings of a profile.</summary>
internal sealed class ConfigureResetCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Remove the settings of a profile, after confirmation.",
        Options = [Profiles.Option, Profiles.Overwrite],
        Examples = ["configure reset", "configure reset --profile production --overwrite"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var file = Profiles.FileOf(context);
        if (!File.Exists(file))
        {
            context.Say("Configuration is set to run locally already.");
            return Task.FromResult(ExitCodes.Success);
        }

        if (!context.Line.Flag(Profiles.Overwrite.Name) && !context.Confirm($"Remove the settings in '{file}'?"))
        {
            context.Say("Nothing was changed.");
            return Task.FromResult(ExitCodes.Failure);
        }

        if (new FileInfo(file).LinkTarget is null)
        {
            File.Delete(file);
        }
        else
        {
            // The link is the user's, and so is the file that it names.
            Profiles.Write(file, new SortedDictionary<string, object?>(StringComparer.Ordinal));
        }

        context.Say("Configuration is set to run locally.");
        return Task.FromResult(ExitCodes.Success);
    }
}
