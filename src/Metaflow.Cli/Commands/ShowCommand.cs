using Metaflow.Cli.Graphs;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Values;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>Shows the flow: its parameters, its graph and its artifacts.</summary>
internal sealed class ShowCommand : Command<FlowContext>
{
    private const string Format = "format";
    private const string Text = "text";
    private const string Mermaid = "mermaid";
    private const string Dot = "dot";
    private const string Json = "json";
    private const int NarrowestPage = 40;
    private const int WidestPage = 120;
    private const string Margin = "  ";
    private static readonly string[] Formats = [Text, Mermaid, Dot, Json];

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show the flow: its graph, parameters and artifacts.",
        Details =
            "The graph is drawn from above to below. Branches and the tasks of a foreach are moved to the right, up to their join.",
        Options =
        [
            new()
            {
                Name = Format,
                ValueName = string.Join('|', Formats),
                Choices = Formats,
                Default = Text,
                Description = "'mermaid' is drawn by GitHub, 'dot' by Graphviz, 'json' is for programs.",
            },
            JsonOutput.Option,
        ],
        Examples = ["show", "show --with retry", "show --format mermaid", "show --json"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        RunCommand.CheckDecorators(context, context.Line.All(FlowContext.WithOption));
        if (JsonOutput.IsWanted(context) && context.Line.Text(Format) is { } format and not Json)
        {
            throw UsageErrors.Conflict($"Option '--json' cannot be used together with '--format {format}'.", "Give one of them.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        switch (JsonOutput.IsWanted(context) ? Json : context.Line.Text(Format))
        {
            case Json:
                JsonOutput.Write(context, FlowData.Of(context.Definition));
                break;
            case Mermaid:
                context.Streams.Out.Write(MermaidText.Of(context.Definition));
                break;
            case Dot:
                context.Streams.Out.Write(DotText.Of(context.Definition.Graph) + "\n");
                break;
            default:
                Draw(context.Streams, context.Definition);
                break;
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static void Draw(ConsoleStreams streams, FlowDefinition definition)
    {
        var writer = new StyledWriter(streams.Out, streams.IsRich);
        var width = Math.Clamp(streams.Width(), NarrowestPage, WidestPage);
        writer.WriteLine([.. DecoratorText.AllOf(definition.Decorators).Select(static text => new StyledText(text + " ", TextStyle.Status)),
            new StyledText(definition.FlowName, TextStyle.Strong)]);
        WriteText(writer, definition.Documentation, width);
        WriteTable(
            writer, "Parameters", width,
            [.. definition.Parameters.Select(static parameter => (
                parameter.OptionName, TypeAndDefault(parameter), parameter.Help))]);
        WriteTable(
            writer, "Configurations", width,
            [.. definition.Configs.Select(static config => ($"--config {config.Name}", config.TypeName, config.Help))]);
        writer.WriteLine("");
        foreach (var line in GraphDrawing.Of(definition, DrawnLines.Of(streams), width - Margin.Length))
        {
            writer.WriteLine([Margin, .. line]);
        }

        WriteTable(
            writer, "Artifacts", width,
            [.. definition.Artifacts.Select(static artifact => (artifact.MemberName, artifact.TypeName, ""))]);
    }

    private static void WriteTable(
        StyledWriter writer, string title, int width, IReadOnlyList<(string Name, string Type, string Help)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        writer.WriteLine("");
        writer.WriteLine(new(title, TextStyle.Strong), ":");
        var lines = TextTable.Lines([.. rows.Select(static row => (string[])[row.Name, row.Type, row.Help.Split('\n')[0]])]).ToList();
        var fits = lines.TrueForAll(line => line.Length + Margin.Length <= width);
        if (!fits)
        {
            // Where a line is too narrow for all three, what is said of each follows below it.
            lines = [.. rows.SelectMany(row => (string[])[
                $"{row.Name}  {row.Type}",
                .. Help.HelpColumns.Wrap(row.Help, width - (3 * Margin.Length)).Select(static line => Margin + Margin + line)])];
        }

        foreach (var line in lines)
        {
            writer.WriteLine(VisibleText.Line(Margin + line));
        }
    }

    private static void WriteText(StyledWriter writer, string text, int width)
    {
        foreach (var line in text.Split('\n').SelectMany(line => Help.HelpColumns.Wrap(line, width - Margin.Length)))
        {
            writer.WriteLine(Margin + line);
        }
    }

    private static string TypeAndDefault(ParameterDefinition parameter) => parameter switch
    {
        { ComputeDefault: not null } => $"{parameter.TypeName} = (computed)",
        { HasDefault: true } => $"{parameter.TypeName} = {FlowData.DefaultOf(parameter)}",
        { IsRequired: true } => $"{parameter.TypeName} (required)",
        _ => parameter.TypeName,
    };
}
