using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;

namespace Metaflow.Cli.Help;

/// <summary>Writes help to the output stream.</summary>
internal sealed class HelpPage(ConsoleStreams streams, IFlowApplication application)
{
    private readonly HelpColumns _columns = new(streams);
    private readonly StyledWriter _writer = new(streams.Out, streams.IsRich);

    /// <summary>Writes the help of the program: all commands and the options of each.</summary>
    public void WriteProgram(IReadOnlyList<CommandSpecification> commands, IReadOnlyList<OptionSpecification> commonOptions)
    {
        Line($"Usage: {application.Invocation} [OPTIONS] COMMAND [ARGS]...");
        var definition = application.Definition;
        Paragraph(definition.Documentation.Length == 0 ? $"The flow '{definition.FlowName}'." : definition.Documentation);
        Heading("Commands");
        _columns.Write(commands.Select(static command => (command.Name, command.Summary)));
        Heading("Options");
        _columns.Write(commonOptions.Where(static option => !option.IsHidden).Select(Row).Append(HelpRow));
        Heading("Examples");
        Line($"  {application.Invocation} run");
        Line($"  {application.Invocation} help run");
    }

    /// <summary>Writes the help of a command.</summary>
    public void WriteCommand(CommandSpecification command, IReadOnlyList<OptionSpecification> commonOptions)
    {
        Line($"Usage: {UsageText.Of(application.Invocation, command)}");
        Paragraph(command.Details.Length == 0 ? command.Summary : $"{command.Summary} {command.Details}");
        var options = command.Options.Where(static option => !option.IsHidden).ToLookup(static option => option.Parameter is not null);
        if (options[true].Any())
        {
            Heading($"Parameters of {application.Definition.FlowName}");
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
        Heading("Examples");
        foreach (var example in command.Examples)
        {
            Line($"  {application.Invocation} {example}");
        }
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
        if (command.Options.FirstOrDefault(static option => option.ValueName is not null) is { } option)
        {
            var variable = $"METAFLOW_{command.Name.ToUpperInvariant()}_{option.EnvironmentName}";
            Paragraph($"Environment variables set what the command line does not: '{option.Dashed}' is '{variable}'.");
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
