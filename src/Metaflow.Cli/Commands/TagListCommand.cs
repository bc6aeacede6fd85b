using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Lists the tags of a run, or of all.</summary>
internal sealed class TagListCommand : Command<FlowContext>
{
    private const string RunId = "run-id";
    private const string AllRuns = "all";
    private const string MyRuns = "my-runs";
    private const string HideSystemTags = "hide-system-tags";
    private const string GroupByTag = "group-by-tag";
    private const string GroupByRun = "group-by-run";
    private const string Flat = "flat";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "List the tags of a run, or of all runs of the flow.",
        Details = "Without a run, the tags of all runs are listed.",
        Arguments = ["RUN_ID"],
        Options =
        [
            new() { Name = RunId, ValueName = "text", Description = $"The run's id; '{RunChoice.Latest}' is the newest run." },
            new() { Name = AllRuns, Description = "List the tags of all runs of the flow." },
            new() { Name = MyRuns, Description = "List the tags of all runs in the namespace, which by default are yours." },
            new() { Name = HideSystemTags, Description = "Leave out the tags that the framework set." },
            new() { Name = GroupByTag, Description = "Show the runs of each tag." },
            new() { Name = GroupByRun, Description = "Show the tags of each run." },
            new() { Name = Flat, Description = "Print a tag on each line, and nothing else." },
            JsonOutput.Option,
        ],
        Examples = ["tag list 1795299563529680", "tag list --my-runs --group-by-tag --hide-system-tags"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        var line = context.Line;
        if (line.Flag(AllRuns) && line.Flag(MyRuns))
        {
            throw Excluded(AllRuns, MyRuns);
        }

        if (line.Text(RunId) is not null && line.Arguments.Count > 0)
        {
            throw UsageErrors.Conflict("The run is given twice.", "Specify it either with '--run-id' or as an argument.");
        }

        if ((line.Flag(AllRuns) || line.Flag(MyRuns)) && RunOf(line) is not null)
        {
            throw UsageErrors.Conflict(
                "A run is given, and many are asked for.", $"Leave out the run's id, or '--{(line.Flag(AllRuns) ? AllRuns : MyRuns)}'.");
        }

        if (new[] { GroupByTag, GroupByRun, Flat }.Where(line.Flag).ToList() is [var first, var second, ..])
        {
            throw Excluded(first, second);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var line = context.Line;
        IReadOnlyList<RunHandle> runs = RunOf(line) is { } id
            ? [RunChoice.Find(context, id, null)]
            : RunChoice.Flow(context, line.Flag(MyRuns) ? context.Application.Settings.Namespace : null).Runs();
        if (line.Flag(JsonOutput.Option.Name))
        {
            JsonOutput.Write(context, runs.Select(run => ToData(run, line.Flag(HideSystemTags))).ToArray());
        }
        else if (line.Flag(Flat))
        {
            WriteFlat(context, runs);
        }
        else if (line.Flag(GroupByTag))
        {
            new TagTable(context).WriteRuns([.. ByTag(runs, System(line), static run => run.UserTags)]);
        }
        else
        {
            new TagTable(context).Write(Groups(runs, line));
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static string? RunOf(ParsedCommandLine line) => line.Text(RunId) ?? (line.Arguments is [var id, ..] ? id : null);

    private static Func<RunHandle, IReadOnlyList<string>> System(ParsedCommandLine line)
        => line.Flag(HideSystemTags) ? static _ => [] : static run => run.SystemTags;

    private static IReadOnlyList<TagGroup> Groups(IReadOnlyList<RunHandle> runs, ParsedCommandLine line)
    {
        var system = System(line);
        return line.Flag(GroupByRun)
            ? [.. runs.Select(run => new TagGroup(run.Pathspec, system(run), run.UserTags))]
            : [new TagGroup(
                string.Join(',', runs.Select(static run => run.Pathspec)),
                [.. runs.SelectMany(system).Distinct(StringComparer.Ordinal)],
                [.. runs.SelectMany(static run => run.UserTags).Distinct(StringComparer.Ordinal)])];
    }

    private static IEnumerable<TagGroup> ByTag(
        IReadOnlyList<RunHandle> runs, Func<RunHandle, IReadOnlyList<string>> system, Func<RunHandle, IReadOnlyList<string>> user)
    {
        foreach (var (tags, isSystem) in new[] { (user, false), (system, true) })
        {
            foreach (var group in runs.SelectMany(run => tags(run).Select(tag => (Tag: tag, Run: run.Pathspec))).GroupBy(
                static pair => pair.Tag, static pair => pair.Run))
            {
                yield return isSystem ? new TagGroup(group.Key, [.. group], []) : new TagGroup(group.Key, [], [.. group]);
            }
        }
    }

    private static void WriteFlat(FlowContext context, IReadOnlyList<RunHandle> runs)
    {
        var system = System(context.Line);
        foreach (var tag in runs.SelectMany(run => system(run).Concat(run.UserTags))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            context.Streams.Out.WriteLine(tag);
        }
    }

    private static IReadOnlyDictionary<string, object?> ToData(RunHandle run, bool hidesSystem)
        => hidesSystem ? TagTable.ToData(run).Where(static entry => entry.Key != "system_tags").ToDictionary() : TagTable.ToData(run);

    private static ConfigurationException Excluded(string first, string second)
        => UsageErrors.Conflict($"Option '--{first}' cannot be used together with '--{second}'.", "Give one of them.");
}
