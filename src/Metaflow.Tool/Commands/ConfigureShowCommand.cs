using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Tool.Commands;

/// <summary>Shows the settings of a profile, or all that apply.</summary>
internal sealed class ConfigureShowCommand : Command<ToolContext>
{
    private const string Origin = "origin";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show the settings of a profile.",
        Details =
            "With '--origin' it shows all settings that apply here, from the environment, the project and the profile, "
                + "and where each is set. Keys, signatures and passwords are shown as '***'; 'configure export' has them.",
        Options =
        [
            Profiles.Option, new() { Name = Origin, Description = "Show all settings that apply here, and where each is set." },
            JsonOutput.Option,
        ],
        Examples = ["configure show", "configure show --profile production", "configure show --origin"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        if (context.Line.Flag(Origin))
        {
            ShowOrigins(context);
            return Task.FromResult(ExitCodes.Success);
        }

        var file = Profiles.FileOf(context);
        var settings = Profiles.Read(file).ToDictionary(
            static setting => setting.Key, static setting => Profiles.Masked(setting.Key, setting.Value), StringComparer.Ordinal);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, settings);
            return Task.FromResult(ExitCodes.Success);
        }

        context.Say($"Settings in '{file}':");
        foreach (var (name, value) in settings)
        {
            context.Streams.Out.WriteLine($"{name}={Profiles.Show(value)}");
        }

        if (settings.Count == 0)
        {
            context.Streams.Out.WriteLine("Configuration is set to run locally.");
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static void ShowOrigins(ToolContext context)
    {
        // What a profile says depends on the profile: it is read as a program would read it.
        var environment = new Dictionary<string, string>(context.Streams.Environment, StringComparer.Ordinal);
        if (Profiles.NameOf(context) is { } profile)
        {
            environment[SettingNames.Profile] = profile;
        }

        var settings = SettingsLoader.Load(
            environment, context.Streams.WorkingFolder, context.Line.Text(ToolContext.DatastoreRootOption));
        var rows = settings.Environment.OrderBy(static setting => setting.Key, StringComparer.Ordinal)
            .Select(setting => (setting.Key, Value: ShownSetting.Of(setting.Key, setting.Value), Origin: settings.Origins[setting.Key]))
            .ToList();
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(
                context,
                rows.Select(static row => new Dictionary<string, object?>
                {
                    ["name"] = row.Key,
                    ["value"] = row.Value,
                    ["origin"] = row.Origin,
                }).ToArray());
            return;
        }

        foreach (var (name, value, origin) in rows)
        {
            context.Streams.Out.WriteLine($"{name}={value}  ({origin})");
        }
    }
}
