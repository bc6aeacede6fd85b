using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Copying;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tool.Commands;

/// <summary>Copies runs to another datastore, or from one.</summary>
internal sealed class CopyCommand : Command<ToolContext>
{
    /// <summary>The command's name.</summary>
    public const string Name = "copy";

    /// <summary>The option that asks for runs that are still running.</summary>
    public const string Unfinished = "running";

    private const string To = "to";
    private const string From = "from";
    private const string Metadata = "metadata";
    private const string Damaged = "damaged";
    private const string DryRun = "dry-run";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Copy runs to another datastore, or from one.",
        Details =
            "RUN is 'Flow/run-id', or a flow for all of its runs that meet the conditions. A copy has all that the run has, under the same "
                + "id. Data is checked on the way, and what the other datastore has already is not sent again: if a copy was cut off, run "
                + "the command again. A run becomes visible when it is complete.",
        Arguments = ["RUN"],
        RequiredArguments = 1,
        LastArgumentRepeats = true,
        Options =
        [
            new()
            {
                Name = To,
                ValueName = "datastore",
                Description = "Copy to this datastore: 's3://bucket/prefix', or the folder that contains '.metaflow'.",
            },
            new()
            {
                Name = From,
                ValueName = "datastore",
                Description = "Copy from this datastore. Without --to, the runs are copied to the datastore of the settings.",
            },
            new()
            {
                Name = Metadata,
                ValueName = "type",
                Description =
                    "Metadata provider of the datastores that --to and --from name. By default 'local' for a folder, and 'store' for "
                        + "others.",
            },
            .. CopySelection.Options,
            new() { Name = Unfinished, Description = "Copy runs that are still running as they are now." },
            new() { Name = Damaged, Description = "Copy runs without the objects that are missing or damaged." },
            new() { Name = DryRun, Description = "Print what would be copied, and copy nothing." },
            JsonOutput.Option,
        ],
        Examples =
        [
            "copy TrainFlow/1795299563529680 --from . --to s3://our-runs/metaflow",
            "copy TrainFlow --tag release --to /mnt/archive --dry-run",
            "copy TrainFlow/1795299563529680 --from s3://our-runs/metaflow --to .",
        ],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context)
    {
        _ = CopySelection.Of(context);
        if (context.Line.Text(To) is null && context.Line.Text(From) is null)
        {
            throw UsageErrors.MissingOption(To, "datastore");
        }
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        var source = context.Line.Text(From) is { } from ? Open(context, from) : context.OpenStores();
        var target = context.Line.Text(To) is { } to ? Open(context, to) : context.OpenStores();
        var copier = new RunCopier(
            source, target, StoreOptions.Of(context.Settings.Environment, context.Streams.Time, context.Settings.Origins));
        var runs = await CopySelection.Of(context).FindAsync(source, context.Line.Text(ToolContext.NamespaceOption)).ConfigureAwait(false);
        var isJson = JsonOutput.IsWanted(context);
        var copies = new List<(string Pathspec, RunCopyReport? Report, MetaflowException? Error)>();
        foreach (var (flow, run) in runs)
        {
            var (report, error) = await CopyAsync(context, copier, flow, run, isOnlyOne: runs.Count == 1).ConfigureAwait(false);
            copies.Add(($"{flow}/{run}", report, error));
        }

        if (isJson)
        {
            JsonOutput.Write(context, ToData(context, source, target, copies));
        }
        else if (copies.Count == 0)
        {
            context.Say("No run of the flow meets the conditions.");
        }

        return copies.Exists(static copy => copy.Error is not null) ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static async Task<(RunCopyReport? Report, MetaflowException? Error)> CopyAsync(
        ToolContext context, RunCopier copier, string flow, string run, bool isOnlyOne)
    {
        var isJson = JsonOutput.IsWanted(context);
        var view = new CopyView(context.Streams, context.Streams.IsLive && !isJson && !context.IsQuiet);
        var options = new RunCopyOptions
        {
            IsDryRun = context.Line.Flag(DryRun),
            AllowsRunning = context.Line.Flag(Unfinished),
            AllowsDamage = context.Line.Flag(Damaged),
        };
        view.Begin($"{flow}/{run}");
        try
        {
            var report = await copier.CopyAsync(flow, run, options, view, context.Stopping).ConfigureAwait(false);
            view.End();
            if (!isJson)
            {
                view.Show(report, options.IsDryRun);
            }

            return (report, null);
        }
        catch (MetaflowException error) when (
            !isOnlyOne && error is MetadataException or StorageException { Code: ErrorCodes.RunToCopyIsDamaged })
        {
            // What is wrong with one run says nothing of the others.
            view.End();
            context.Say($"{error.What} {error.Why} [{error.Code}]");
            return (null, error);
        }
        finally
        {
            view.End();
        }
    }

    private static RunStores Open(ToolContext context, string root)
    {
        var address = SettingsLoader.FindDatastore(context.Settings, context.Streams.WorkingFolder, null, root);
        return RunStores.Open(
            address,
            StoreOptions.Of(context.Settings.Environment, context.Streams.Time, context.Settings.Origins),
            context.Line.Text(Metadata) ?? (address.IsLocal ? StoreAddress.LocalType : StoreMetadataProvider.Type));
    }

    private static Dictionary<string, object?> ToData(
        ToolContext context, RunStores source, RunStores target,
        List<(string Pathspec, RunCopyReport? Report, MetaflowException? Error)> copies) => new()
        {
            ["from"] = StoreAddress.Of(source.Blobs).ToString(),
            ["to"] = StoreAddress.Of(target.Blobs).ToString(),
            ["dry_run"] = context.Line.Flag(DryRun),
            ["runs"] = copies.Select(static copy => new Dictionary<string, object?>
            {
                ["run"] = copy.Pathspec,
                ["error"] = copy.Error?.Code,
                ["message"] = copy.Error?.Message,
                ["tasks"] = (long?)copy.Report?.Tasks,
                ["sent_objects"] = copy.Report?.SentObjects,
                ["sent_bytes"] = copy.Report?.SentBytes,
                ["found_objects"] = copy.Report?.FoundObjects,
                ["was_there"] = copy.Report?.WasThere,
                ["missing_origin"] = copy.Report?.MissingOrigin,
                ["problems"] = copy.Report?.Problems.Select(static problem => new Dictionary<string, object?>
                {
                    ["path"] = problem.Path,
                    ["code"] = problem.Code,
                    ["reason"] = problem.Reason,
                }).ToArray(),
            }).ToArray(),
        };
}
