using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Tool.Commands;

/// <summary>Sets settings of a profile.</summary>
internal sealed class ConfigureSetCommand : Command<ToolContext>
{
    private const string Start = "METAFLOW_";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Set settings of a profile; the others stay.",
        Details = "A setting without a value is removed. 'METAFLOW_' may be left out.",
        Arguments = ["NAME=VALUE"],
        RequiredArguments = 1,
        LastArgumentRepeats = true,
        Options = [Profiles.Option],
        Examples = ["configure set METAFLOW_USER=ada", "configure set USER= --profile production"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var file = Profiles.FileOf(context);
        var settings = Profiles.Read(file);
        var given = context.Line.Arguments.Select(Split).ToList();
        Check(given);
        foreach (var (name, value) in given)
        {
            if (value.Length == 0)
            {
                settings.Remove(name);
            }
            else
            {
                settings[name] = value;
                Warn(context, name);
            }
        }

        Profiles.Write(file, settings);
        context.Say($"Settings written to '{file}'.");
        return Task.FromResult(ExitCodes.Success);
    }

    // A file with a value that cannot be would stop every command.
    private static void Check(IEnumerable<(string Name, string Value)> given)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            values[name] = value;
        }

        SettingTable.Check(new SettingReader(values, values.Keys.ToDictionary(static name => name, static _ => "this command")));
    }

    // A variable such as METAFLOW_RUN_MAX_WORKERS sets an option of a command.
    private static void Warn(ToolContext context, string name)
    {
        if (!FlowCommandHost.Has(name[Start.Length..].Split('_')[0].ToLowerInvariant()) && SettingTable.Unknown(name) is { } problem)
        {
            context.Say($"Warning: {problem}");
        }
    }

    private static (string Name, string Value) Split(string text)
    {
        var end = text.IndexOf('=', StringComparison.Ordinal);
        if (end <= 0)
        {
            throw UsageErrors.MissingArgument("NAME=VALUE", $"'{text}' has no '='; write 'METAFLOW_USER=ada'.");
        }

        var name = text[..end].ToUpperInvariant();
        return (name.StartsWith(Start, StringComparison.Ordinal) ? name : Start + name, text[(end + 1)..]);
    }
}
