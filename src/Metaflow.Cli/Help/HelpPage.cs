using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;

namespace Metaflow.Cli.Help;

/// <summary>Writes help to the output stream.</summary>
internal sealed class HelpPage(ConsoleStreams streams, string invocation)
{
    private readonly HelpColumns _columns = new(streams);
    private readonly StyledWriter _writer = new(streams.Out, streams.IsRich);

    /// <summary>Writes the help of the program: all commands and the options of each.</summary>
    /// <param name="description">What the program is.</param>
    /// <param name="commands">Its commands.</param>
    /// <param name="commonOptions">The options of every command.</param>
    /// <param name="examples">What follows the invocation.</param>
    public void WriteProgram(
        string description, IReadOnlyList<CommandSpecification> commands, IReadOnlyList<OptionSpecification> commonOptions,
        params IReadOnlyList<string> examples)
    {
        Line($"Usage: {invocation} [OPTIONS] COMMAND [ARGS]...");
        Paragraph(description);
        Heading("Commands");
        _columns.Write(commands.Select(static command => (command.Name, command.Summary)));
        Heading("Options");
        _columns.Write(commonOptions.Where(static option => !option.IsHidden).Select(Row).Append(HelpRow));
        Examples(examples);
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

        var options = command.Options.Where(static option => !option.IsHidden).ToLookup(static option => option.Parameter is not null);
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

        Heading("Options of every command");
        _columns.Write(commonOptions.Where(static option => !option.IsHidden).Select(Row).Append(HelpRow));
        WriteEnvironment(command);
        Examples(command.Examples);
    }

    private static (string Name, string Text) HelpRow => ("--help", "Show this message.");

    private static (string Name, string Text) Row(OptionSpecification option)
    {
        var name = option.Opposite is null ? option.Dashed : $"{option.Dashed}/--{option.Opposite}";
        var note = option switch
        {
            { IsRequired: true } => "[required]",
            { Default: { } value } => $"[default: {value}]",
            _ => "",
        };
        return (option.ValueName is null ? name : $"{name} <{option.ValueName}>", $"{option.Description} {note}".Trim());
    }

    private void WriteEnvironment(CommandSpecification command)
    {
        // Parameters have variables of 'run' alone: a resumed run and a spin keep the values of the earlier one.
        if (command.Options
            .FirstOrDefault(option => option.ValueName is not null && (option.Parameter is null || command.Name == "run")) is { } option)
        {
            var variable = $"METAFLOW_{command.EnvironmentName}_{option.EnvironmentName}";
            Paragraph($"Environment variables set what the command line does not: '{option.Dashed}' is '{variable}'.");
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
