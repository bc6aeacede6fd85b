using System.Globalization;
using Metaflow.Cleanup;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Values;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Removes runs, and what only they referred to.</summary>
internal sealed class CollectCommand : Command<FlowContext>
{
    private const string Delete = "delete";
    private const string OlderThan = "older-than";
    private const string Tag = "tag";
    private const string State = "state";
    private const string KeepLast = "keep-last";
    private const string Grace = "grace-period";
    private const string AllRuns = "all";

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);
    private static readonly IReadOnlyList<RunState> States =
    [
        RunState.Succeeded, RunState.Failed, RunState.Cancelled, RunState.Dead, RunState.Unknown,
    ];

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Remove old runs, and data that no run refers to any more.",
        Details =
            "Without --delete, the command only prints what it would remove. It removes the runs that meet all given conditions; without "
                + "a condition, it removes no run. Running runs and the latest run always stay. The flow may run meanwhile.",
        Options =
        [
            new() { Name = Delete, Description = "Remove the runs and the data, instead of only printing them." },
            new()
            {
                Name = OlderThan,
                ValueName = "age",
                Description = "Remove runs that were started longer ago than this: '90m', '12h', '1.5d', '2w'.",
            },
            new()
            {
                Name = Tag,
                IsName = true,
                ValueName = "text",
                IsRepeatable = true,
                Description = "Remove runs that have this tag. If given several times, runs that have all these tags.",
            },
            new()
            {
                Name = State,
                ValueName = "state",
                IsRepeatable = true,
                Choices = [.. States.Select(RunStatus.NameOf)],
                Description =
                    $"Remove runs in this state: {string.Join(", ", States.Select(RunStatus.NameOf))}. May be given several times.",
            },
            new()
            {
                Name = KeepLast,
                ValueName = "integer",
                Description = "Of the runs that meet the other conditions, keep this many of the newest.",
            },
            new() { Name = AllRuns, Description = "Remove the runs of all users, not only those in the namespace." },
            new()
            {
                Name = Grace,
                ValueName = "age",
                Default = "1d",
                Description = "Keep data that was stored or used again within this time. At least '1h'.",
            },
            JsonOutput.Option,
        ],
        Examples = ["gc --older-than 30d", "gc --state failed --keep-last 3 --delete"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context) => Request(context);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var request = Request(context);
        var collector = new GarbageCollector(context.Application.Settings, context.Streams.Time);
        using var heard = context.Interruption.Hear();
        var report = await CollectAsync(collector, request, context.Interruption.Token).ConfigureAwait(false);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, ToData(request, report));
        }
        else
        {
            Write(context, request, report);
        }

        return ExitCodes.Success;
    }

    /// <summary>On another thread, which a disk that does not answer may hold for ever: whoever stops the command is not to wait for
    /// that.</summary>
    private static async Task<CollectionReport> CollectAsync(GarbageCollector collector, CollectionRequest request, CancellationToken stop)
    {
        var work = Task.Run(() => collector.CollectAsync(request, stop), CancellationToken.None);
        try
        {
            return await work.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            // A removal that has begun may come to its end; one that is cut off is finished by the next collection.
            await Task.WhenAny(work, Task.Delay(StopGrace, CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
    }

    private static CollectionRequest Request(FlowContext context)
    {
        var line = context.Line;
        return new CollectionRequest
        {
            Flow = context.Application.Definition.FlowName,
            Namespace = line.Flag(AllRuns) ? null : context.Application.Settings.Namespace,
            OlderThan = AgeText.Of(line, OlderThan),
            Tags = line.All(Tag),
            States = [.. line.All(State).Select(static name => States.First(state => RunStatus.NameOf(state) == name))],
            KeepLast = line.Text(KeepLast) is null ? null : line.WholeNumber(KeepLast, 0, minimum: 0),
            GracePeriod = AgeText.GraceOf(line, Grace, CollectionRequest.ShortestGracePeriod),
            Deletes = line.Flag(Delete),
        };
    }

    private static void Write(FlowContext context, CollectionRequest request, CollectionReport report)
    {
        var output = context.Streams.Out;
        var did = request.Deletes ? "Removed" : "Would remove";
        foreach (var run in report.Runs)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{did} run {run.RunId} ({RunStatus.NameOf(run.State)}, {run.CreatedAt:yyyy-MM-dd}, {AmountText.Size(run.Bytes)})")
                    + (run.OwnObjects == 0 ? "" : $" and {AmountText.Count(run.OwnObjects, "object")} of its own data "
                        + $"({AmountText.Size(run.OwnBytes)})"));
        }

        foreach (var data in report.LeftData)
        {
            output.WriteLine(
                $"{did} {AmountText.Count(data.Objects, "object")} of own data ({AmountText.Size(data.Bytes)}) of the run {data.RunId}, "
                    + "which was removed before.");
        }

        output.WriteLine(
            $"{did} {AmountText.Count(report.Runs.Count, "run")} and {AmountText.Count(report.Blobs, "blob")}: "
                + $"{AmountText.Size(report.Bytes)}.");
        if (report.Unfinished > 0)
        {
            output.WriteLine($"{did} {AmountText.Count(report.Unfinished, "unfinished upload")}.");
        }

        foreach (var note in report.Notes)
        {
            output.WriteLine(note);
        }

        if (!request.Deletes && report.Runs.Count + report.Blobs + report.Unfinished + report.LeftData.Count > 0)
        {
            context.Say("Nothing was removed. Add --delete to remove it.");
        }
    }

    private static Dictionary<string, object?> ToData(CollectionRequest request, CollectionReport report) => new()
    {
        ["deleted"] = request.Deletes,
        ["runs"] = report.Runs.Select(static run => new Dictionary<string, object?>
        {
            ["id"] = run.RunId,
            ["state"] = RunStatus.NameOf(run.State),
            ["started"] = JsonOutput.Time(run.CreatedAt),
            ["bytes"] = run.Bytes,
            ["own_objects"] = (long)run.OwnObjects,
            ["own_bytes"] = run.OwnBytes,
        }).ToArray(),
        ["left_data"] = report.LeftData.Select(static data => new Dictionary<string, object?>
        {
            ["run"] = data.RunId,
            ["objects"] = (long)data.Objects,
            ["bytes"] = data.Bytes,
        }).ToArray(),
        ["blobs"] = (long)report.Blobs,
        ["blob_bytes"] = report.BlobBytes,
        ["unfinished_uploads"] = (long)report.Unfinished,
        ["bytes"] = report.Bytes,
        ["notes"] = report.Notes.ToArray(),
    };
}
