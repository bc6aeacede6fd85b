using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Tool.Commands;

/// <summary>Copies the settings of a profile to a file.</summary>
internal sealed class ConfigureExportCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Copy the settings of a profile to a file, or to the output with '-'.",
        Arguments = ["FILE"],
        RequiredArguments = 1,
        Options = [Profiles.Option, Profiles.Overwrite],
        Examples = ["configure export settings.json", "configure export - --profile production"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var text = Profiles.Text(Profiles.Read(Profiles.FileOf(context)));
        if (context.Line.Arguments[0] == "-")
        {
            context.Streams.Out.Write(text);
            return Task.FromResult(ExitCodes.Success);
        }

        var target = UserPath.Of(context.Line.Arguments[0], context.Streams.WorkingFolder);
        if (!ProfileReplacement.IsWanted(context, target))
        {
            return Task.FromResult(ExitCodes.Failure);
        }

        OutputFile.Write(target, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(text)), overwrite: true, isPrivate: true);
        context.Say($"Settings written to '{target}'.");
        return Task.FromResult(ExitCodes.Success);
    }
}
