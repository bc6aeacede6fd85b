using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Tool.Commands;

/// <summary>Takes over the settings of a file.</summary>
internal sealed class ConfigureImportCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Replace the settings of a profile with those of a file.",
        Arguments = ["FILE"],
        RequiredArguments = 1,
        Options = [Profiles.Option, Profiles.Overwrite],
        Examples = ["configure import settings.json", "configure import settings.json --profile production --overwrite"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var source = UserPath.Of(context.Line.Arguments[0], context.Streams.WorkingFolder);
        if (!File.Exists(source))
        {
            throw new ConfigurationException(
                ErrorCodes.InvalidSettingsFile, $"The settings file '{source}' cannot be used.", "It does not exist.",
                "Check its name; 'configure export' writes one.");
        }

        var settings = Profiles.Read(source);
        var file = Profiles.FileOf(context);
        if (!ProfileReplacement.IsWanted(context, file))
        {
            return Task.FromResult(ExitCodes.Failure);
        }

        Profiles.Write(file, settings);
        context.Say($"Settings written to '{file}'.");
        return Task.FromResult(ExitCodes.Success);
    }
}
