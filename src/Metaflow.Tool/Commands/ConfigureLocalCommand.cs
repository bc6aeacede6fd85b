using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Tool.Commands;

/// <summary>Sets a profile up for runs on this machine.</summary>
internal sealed class ConfigureLocalCommand : Command<ToolContext>
{
    private const string Root = "root";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Set a profile up to run on this machine.",
        Details = "Asks for the folder of the datastore unless it is given; without one, each project keeps its own '.metaflow'.",
        Options =
        [
            new() { Name = Root, ValueName = "path", Description = "The folder that holds the datastore." }, Profiles.Option,
            Profiles.Overwrite,
        ],
        Examples = ["configure local", "configure local --root /data/metaflow --profile shared"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var file = Profiles.FileOf(context);
        if (!ProfileReplacement.IsWanted(context, file))
        {
            return Task.FromResult(ExitCodes.Failure);
        }

        var settings = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            [SettingNames.DefaultDatastore] = "local",
            [SettingNames.DefaultMetadata] = "local",
        };
        if (RootOf(context) is { Length: > 0 } root)
        {
            settings[SettingNames.LocalDatastoreRoot] = UserPath.Of(root, context.Streams.WorkingFolder);
        }

        Profiles.Write(file, settings);
        context.Say($"Settings written to '{file}'.");
        return Task.FromResult(ExitCodes.Success);
    }

    private static string? RootOf(ToolContext context)
    {
        if (context.Line.Text(Root) is { } given)
        {
            return given;
        }

        context.Streams.Error.Write("Folder that holds the datastore (empty: each project has its own): ");
        return context.Streams.ReadLine()?.Trim();
    }
}
