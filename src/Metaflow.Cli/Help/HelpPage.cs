using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;

namespace Metaflow.Cli.Help;

/// <summary>Writes help to the output stream.</summary>
internal sealed class HelpPage(ConsoleStreams streams, string invocation)
{
    private readonly HelpColumns _columns = new(streams);
    private readonly StyledWriter _writer = new(streams.Out, streams.IsRich);

    /// <summary>Writes the help of the program: all commands, by group.</summary>
    /// <param name="description">What the program is.</param>
    /// <param name="commands">Its commands.</param>
    /// <param name="examples">What follows the invocation.</param>
    public void WriteProgram(string description, IReadOnlyList<CommandSpecification> commands, params IReadOnlyList<string> examples)
    {
        Line($"Usage: {invocation} [OPTIONS] COMMAND [ARGS]...");
        Paragraph(description);
        var width = Math.Min(HelpColumns.WidestName, commands.Max(static command => command.Name.Length));

        // The group of 'help' itself comes last, also behind what packages add.
        foreach (var group in commands.GroupBy(static command => command.Group).OrderBy(group => group.Key == commands[^1].Group))
        {
            Heading(group.Key);
            _columns.Write(group.Select(command => (command.Name.PadRight(width), command.Summary)));
        }

        GlobalOptions();
        Examples(examples);
    }

    /// <summary>Writes the options that every command accepts.</summary>
    /// <param name="commonOptions">The options.</param>
    public void WriteOptions(IReadOnlyList<OptionSpecification> commonOptions)
    {
        Line($"Usage: {invocation} [OPTIONS] COMMAND [ARGS]...");
        Paragraph("Every command accepts these options, before or after its name.");
        Heading("Options");
        _columns.Write(commonOptions.Where(static option => !option.IsHidden).Select(WithCommands).Append(HelpRow));
    }

    /// <summary>Writes the help of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="commonOptions">The options of every command.</param>
    /// <param name="parameters">What the options of parameters are called.</param>
    public void WriteCommand(
        CommandSpecification command, IReadOnlyList<OptionSpecification> commonOptions, string parameters = "Parameters")
    {
        Line($"Usage: {UsageText.Of(invocation, command)}");
        Paragraph(command.Details.Length == 0 ? command.Summary : $"{command.Summary} {command.Details}");
        if (command.Subcommands.Count > 0)
        {
            Heading("Commands");
            _columns.Write(command.Subcommands.Select(static subcommand => (subcommand.Name, subcommand.Summary)));
        }

        var options = command.Options.Concat(commonOptions.Where(option => option.ActsOn.Contains(command.Name)))
            .Where(static option => !option.IsHidden).ToLookup(static option => option.Parameter is not null);
        if (options[true].Any())
        {
            Heading(parameters);
            _columns.Write(options[true].Select(Row));
        }

        if (options[false].Any())
        {
            Heading("Options");
            _columns.Write(options[false].Select(Row));
        }

        GlobalOptions();
        WriteEnvironment(command);
        Examples(command.Examples);
    }

    private static (string Name, string Text) HelpRow => ("--help", "Show this message.");

    private static (string Name, string Text) Row(OptionSpecification option)
    {
        var name = option.Opposite is null ? option.Dashed : $"{option.Dashed}/--{option.Opposite}";
        name = option.DashedLetter is { } letter ? $"{letter}, {name}" : name;
        var note = option switch
        {
            { IsRequired: true } => "[required]",
            { Default: { } value } => $"[default: {value}]",
            _ => "",
        };
        return (option.ValueName is null ? name : $"{name} <{option.ValueName}>", $"{option.Description} {note}".Trim());
    }

    private static (string Name, string Text) WithCommands(OptionSpecification option)
    {
        var (name, text) = Row(option);
        return (name, option.ActsOn.Count == 0 ? text : $"{text} Acts on {string.Join(", ", option.ActsOn)}.");
    }

    private void GlobalOptions()
    {
        Line("");
        _writer.WriteLine(new("Global options", TextStyle.Strong), $": see '{invocation} help options'.");
    }

    private void WriteEnvironment(CommandSpecification command)
    {
        // Parameters have variables of 'run' alone: a resumed run and a spin keep the values of the earlier one.
        if (command.Options
            .FirstOrDefault(option => option.ValueName is not null && (option.Parameter is null || command.Name == "run")) is { } option)
        {
            var variable = $"METAFLOW_{command.EnvironmentName}_{option.EnvironmentName}";
            Paragraph($"An environment variable can set an option that is not given, such as '{variable}' for '{option.Dashed}'.");
        }
    }

    private void Examples(IReadOnlyList<string> examples)
    {
        if (examples.Count == 0)
        {
            return;
        }

        Heading("Examples");
        foreach (var example in examples)
        {
            Line($"  {invocation} {example}");
        }
    }

    private void Heading(string title)
    {
        Line("");
        _writer.WriteLine(new(title, TextStyle.Strong), ":");
    }

    private void Paragraph(string text)
    {
        Line("");
        foreach (var line in text.Split('\n').SelectMany(line => HelpColumns.Wrap(line.Trim(), _columns.Width - 2)))
        {
            Line("  " + line);
        }
    }

    private void Line(string text) => streams.Out.WriteLine(text.TrimEnd());
}
