using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Values;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>Prints runs, a line each.</summary>
/// <param name="streams">The console.</param>
/// <param name="isOfOneFlow">Whether all runs are of one flow, so that their ids tell them apart.</param>
internal sealed class RunTable(ConsoleStreams streams, bool isOfOneFlow)
{
    /// <summary>What a reader of a table has to know.</summary>
    public const string StatesExplained =
        "A run is pending, running, succeeded, failed, cancelled or dead. A run is dead if its scheduler was killed before the run had "
            + "ended: 'resume --continue' of the flow's program continues it. Python Metaflow records no states; its runs are shown as "
            + "succeeded or unknown.";

    private const string Gap = "  ";
    private static readonly string[] Usual = ["state", "started", "duration", "tasks", "user", "tags"];

    /// <summary>Prints runs, as JSON where that is wanted, and what is not known of them.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="listing">What was asked for.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="isOfOneFlow">Whether all runs are of one flow.</param>
    public static void Show(CommandContext context, RunListing listing, IReadOnlyList<ListedRun> runs, bool isOfOneFlow)
    {
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, runs.Select(run => ToData(run, listing)).ToArray());
        }
        else
        {
            new RunTable(context.Streams, isOfOneFlow).Write(runs, listing);
        }

        WriteProblems(context.Streams, runs.Select(static run => run.Summary));
    }

    /// <summary>Says on the standard error why the state of a run is unknown, where there is a reason.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="runs">The runs.</param>
    public static void WriteProblems(ConsoleStreams streams, IEnumerable<RunSummary> runs)
    {
        foreach (var run in runs.Where(static run => run is { State: RunState.Unknown, Reason: not null }))
        {
            streams.Error.WriteLine(VisibleText.Line($"{run.Pathspec}: {run.Reason}"));
        }
    }

    private static Dictionary<string, object?> ToData(ListedRun listed, RunListing listing)
    {
        var run = listed.Summary;
        var data = new Dictionary<string, object?>
        {
            ["run"] = run.Pathspec,
            ["id"] = run.Id,
            ["state"] = RunStatus.NameOf(run.State),
            ["reason"] = run.Reason,
            ["started"] = JsonOutput.Time(run.CreatedAt),
            ["duration_seconds"] = run.Duration?.TotalSeconds,
            ["user"] = run.UserName,
            ["tags"] = run.UserTags.ToArray(),
            ["tasks_done"] = (long)run.Tasks.Done,
            ["tasks_cloned"] = (long)run.Tasks.Cloned,
            ["tasks_failed"] = (long)run.Tasks.Failed,
            ["tasks_running"] = (long)run.Tasks.Running,
            ["tasks_queued"] = (long)run.Tasks.Queued,
        };
        if (listing.Asked.Any(static column => !column.IsUsual))
        {
            data["values"] = listed.Values.ToDictionary(static value => value.Key, static value => ArtifactJson.Of(value.Value));
        }

        return data;
    }

    private void Write(IReadOnlyList<ListedRun> runs, RunListing listing)
    {
        // Which run it is and how it ended stands in every table.
        IReadOnlyList<string> usual = listing.Asked.Count == 0 ? Usual : ["state"];
        IReadOnlyList<RunColumn> columns =
        [
            .. usual.Select(static name => new RunColumn(name, null)),
            .. listing.Asked.Where(column => column.Name != "run" && !usual.Contains(column.Name)),
        ];
        List<IReadOnlyList<string>> rows =
        [
            ["RUN", .. columns.Select(static column => column.Heading)],
            .. runs.Select(run => (string[])
            [
                VisibleText.Line(isOfOneFlow ? run.Summary.Id : run.Summary.Pathspec), .. columns.Select(column => Cell(column, run)),
            ]),
        ];
        var numeric = columns.Select(column => !column.IsUsual && runs.All(run => IsNumberOrMissing(column, run))).ToList();
        var lines = TextTable.Lines(rows, column => column > 0 && numeric[column - 1]).ToList();
        var width = rows.Max(static row => row[0].Length) + Gap.Length;
        var writer = new StyledWriter(streams.Out, streams.IsRich);
        for (var i = 0; i < lines.Count; i++)
        {
            var state = rows[i][1];
            var style = i == 0 ? TextStyle.Strong : StyleOf(runs[i - 1].Summary.State);
            writer.WriteLine(
                [new StyledText(lines[i][..width]), new StyledText(state, style), new StyledText(lines[i][(width + state.Length)..])]);
        }
    }

    private string Cell(RunColumn column, ListedRun run) => column.Name switch
    {
        "tasks" => Tasks(run.Summary),
        "tags" => VisibleText.Line(string.Join(", ", run.Summary.UserTags)),
        _ when column.IsUsual => RunColumn.Cell(column.Of(run.Summary), streams.Time.LocalTimeZone),
        _ => RunColumn.Cell(run.Values.GetValueOrDefault(column.Name), streams.Time.LocalTimeZone),
    };

    private static bool IsNumberOrMissing(RunColumn column, ListedRun run)
        => run.Values.GetValueOrDefault(column.Name) is var value && (value is null || ValueText.Number(value) is not null);

    private static string Tasks(RunSummary run)
    {
        var tasks = run.Tasks;
        var cloned = tasks.Cloned > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({tasks.Cloned} cloned)") : "";
        var failed = tasks.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {tasks.Failed} failed") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{tasks.Done} done{cloned}{failed}");
    }

    private static TextStyle StyleOf(RunState state) => state switch
    {
        RunState.Succeeded => TextStyle.Success,
        RunState.Failed or RunState.Dead or RunState.Cancelled => TextStyle.Failure,
        _ => TextStyle.Plain,
    };
}
