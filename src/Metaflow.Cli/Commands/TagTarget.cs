using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>The run whose tags a command changes: one that the user named, never one that was guessed.</summary>
internal static class TagTarget
{
    private const string RunId = "run-id";

    /// <summary>Gets the option that names the run.</summary>
    public static OptionSpecification Option { get; } = new()
    {
        Name = RunId,
        ValueName = "text",
        IsRequired = true,
        Description = $"The run's id; '{RunChoice.Latest}' is the newest run of the namespace.",
    };

    /// <summary>Finds the run.</summary>
    /// <exception cref="ConfigurationException">MF2100: none is named. MF2102: the flow was never run.</exception>
    public static RunHandle Find(FlowContext context)
    {
        var space = context.Application.Settings.Namespace;
        return context.Line.Text(RunId) is { Length: > 0 } id
            ? RunChoice.Find(context, id, space)
            : throw Missing(RunChoice.Flow(context, space), space);
    }

    /// <summary>Prints the tags of a run that were changed.</summary>
    public static void Write(FlowContext context, RunHandle run)
    {
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, TagTable.ToData(run));
            return;
        }

        context.Say("Operation successful. New tags:");
        new TagTable(context).Write([new TagGroup(run.Pathspec, run.SystemTags, run.UserTags)]);
    }

    private static ConfigurationException Missing(FlowHandle flow, string? space) => new(
        ErrorCodes.RunIdMissing,
        "Please specify a run-id using --run-id.",
        space is null
            ? $"The latest run of '{flow.Name}' has id '{flow.LatestRun?.Id}'."
            : $"The latest run of '{flow.Name}' in namespace '{space}' has id '{flow.LatestRun?.Id}'.",
        $"Add '--run-id {flow.LatestRun?.Id}' if that is the run, or '--run-id {RunChoice.Latest}'.");
}
