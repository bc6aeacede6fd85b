using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
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
        "A run is pending, running, succeeded, failed, cancelled or dead. A dead run's scheduler is gone without having ended it: "
            + "'resume --continue' of the flow's program goes on with it. A run that Metaflow's Python client started has succeeded, or "
            + "its state is unknown.";

    private const string Gap = "  ";
    private const string Limit = "limit";
    private const int UsualLimit = 20;
    private static readonly IReadOnlyList<string> Heading = ["RUN", "STATE", "STARTED", "DURATION", "TASKS", "USER", "TAGS"];

    /// <summary>Gets the option that says how many runs are listed.</summary>
    public static OptionSpecification LimitOption { get; } = new()
    {
        Name = Limit,
        ValueName = "integer",
        Description = "List the newest runs, this many at most.",
        Default = UsualLimit.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Returns how many runs are listed.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2004: the number is none, or too small.</exception>
    public static int LimitOf(CommandContext context) => context.Line.WholeNumber(Limit, UsualLimit, minimum: 1);

    /// <summary>Prints runs, as JSON where that is wanted, and what is not known of them.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="isOfOneFlow">Whether all runs are of one flow.</param>
    public static void Show(CommandContext context, IReadOnlyList<RunSummary> runs, bool isOfOneFlow)
    {
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, runs.Select(ToData).ToArray());
        }
        else
        {
            new RunTable(context.Streams, isOfOneFlow).Write(runs);
        }

        WriteProblems(context.Streams, runs);
    }

    /// <summary>Returns a run as data.</summary>
    public static IReadOnlyDictionary<string, object?> ToData(RunSummary run) => new Dictionary<string, object?>
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
        ["tasks_failed"] = (long)run.Tasks.Failed,
        ["tasks_running"] = (long)run.Tasks.Running,
        ["tasks_queued"] = (long)run.Tasks.Queued,
    };

    /// <summary>Prints the runs.</summary>
    public void Write(IReadOnlyList<RunSummary> runs)
    {
        List<IReadOnlyList<string>> rows = [Heading, .. runs.Select(Cells)];
        var widths = Enumerable.Range(0, Heading.Count).Select(column => rows.Max(row => row[column].Length)).ToList();
        var writer = new StyledWriter(streams.Out, streams.IsRich);
        for (var i = 0; i < rows.Count; i++)
        {
            var texts = rows[i].Select((cell, column) => column == Heading.Count - 1 ? cell : cell.PadRight(widths[column]) + Gap).ToList();
            var state = i == 0 ? TextStyle.Strong : StyleOf(runs[i - 1].State);
            writer.WriteLine(
                [new StyledText(texts[0]), new StyledText(texts[1], state), new StyledText(string.Concat(texts.Skip(2)).TrimEnd())]);
        }
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

    private IReadOnlyList<string> Cells(RunSummary run) =>
    [
        VisibleText.Line(isOfOneFlow ? run.Id : run.Pathspec),
        RunStatus.NameOf(run.State),
        TimeZoneInfo.ConvertTime(run.CreatedAt, streams.Time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        run.Duration is { } duration ? Durations.AsClock(duration) : "",
        Tasks(run),
        VisibleText.Line(run.UserName),
        VisibleText.Line(string.Join(", ", run.UserTags)),
    ];

    private static string Tasks(RunSummary run) => run.Tasks switch
    {
        { Failed: > 0 } tasks => string.Create(CultureInfo.InvariantCulture, $"{tasks.Done} done, {tasks.Failed} failed"),
        var tasks => string.Create(CultureInfo.InvariantCulture, $"{tasks.Done} done"),
    };

    private static TextStyle StyleOf(RunState state) => state switch
    {
        RunState.Succeeded => TextStyle.Success,
        RunState.Failed or RunState.Dead or RunState.Cancelled => TextStyle.Failure,
        _ => TextStyle.Plain,
    };
}
