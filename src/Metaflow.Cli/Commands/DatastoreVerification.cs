using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Verification;

namespace Metaflow.Cli.Commands;

/// <summary>What the command <c>fsck</c> of flow programs and that of the tool have in common.</summary>
internal static class DatastoreVerification
{
    private const string Content = "content";
    private const string Repair = "repair";
    private const string Grace = "grace-period";

    /// <summary>Gets the options.</summary>
    public static IReadOnlyList<OptionSpecification> Options { get; } =
    [
        new()
        {
            Name = Content,
            Description = "Read all blobs and included files, and compare them with their hashes. Without it, only their lengths are "
                + "checked.",
        },
        new()
        {
            Name = Repair,
            Description = "Delete files that killed processes left, and move damaged blobs away, so that the next task that stores the "
                + "value writes it again. Nothing else changes.",
        },
        new()
        {
            Name = Grace,
            ValueName = "age",
            Default = "1d",
            Description = "Ignore leftovers that are younger than this: a running process may need them. At least '1h'.",
        },
        JsonOutput.Option,
    ];

    /// <summary>Gets what the command does, for help.</summary>
    public const string Details =
        "It checks whether every record can be understood, whether records and data agree, and whether every blob that a run refers to is "
            + "there. It lists faults, and leftovers that only take room. Runs may be running meanwhile. The exit code is 1 if there are "
            + "faults that it did not repair.";

    /// <summary>Reads the options.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="flow">The flow; <see langword="null"/> for all.</param>
    /// <returns>What to check.</returns>
    public static VerificationRequest Request(ParsedCommandLine line, string? flow) => new()
    {
        Flow = flow,
        ReadsContent = line.Flag(Content),
        Repairs = line.Flag(Repair),
        GracePeriod = AgeText.GraceOf(line, Grace, VerificationRequest.ShortestGracePeriod),
    };

    /// <summary>Checks the datastore and prints what there is.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="request">What to check.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ExecuteAsync(CommandContext context, VerificationRequest request)
    {
        var verifier = new DatastoreVerifier(context.Settings, context.Streams.Time);
        var flows = new List<FlowVerification>();
        await foreach (var flow in verifier.VerifyAsync(request, context.Stopping).ConfigureAwait(false))
        {
            flows.Add(flow);
            if (!JsonOutput.IsWanted(context))
            {
                Write(context, flow);
            }
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, ToData(flows));
        }
        else
        {
            WriteSum(context, request, flows);
        }

        return flows.Any(static flow => flow.Faults.Any(static fault => fault.Remains)) ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static void Write(CommandContext context, FlowVerification flow)
    {
        var output = context.Streams.Out;
        var counts = flow.Counts;
        output.WriteLine(
            $"{flow.Flow}: {AmountText.Count(counts.Runs, "run")}, {AmountText.Count(counts.Tasks, "task")}, "
                + $"{AmountText.Count(counts.Attempts, "attempt")} ({Number(counts.CompleteAttempts)} complete), "
                + $"{AmountText.Count(counts.Blobs, "blob")} of {AmountText.Size(counts.BlobBytes)}"
                + (counts.ReadBlobs > 0 ? $" ({Number(counts.ReadBlobs)} read)." : ".")
                + (counts.Quarantined > 0 ? $" Moved away earlier: {AmountText.Count(counts.Quarantined, "damaged blob")}." : ""));
        foreach (var fault in flow.Faults)
        {
            output.WriteLine($"  {KindOf(fault)} {fault.Path} [{fault.Code}]");
            output.WriteLine($"    {fault.What}{(fault.IsRepaired ? "" : " " + fault.Remedy)}");
        }

        foreach (var note in flow.Notes)
        {
            output.WriteLine($"  {note}");
        }
    }

    private static void WriteSum(CommandContext context, VerificationRequest request, List<FlowVerification> flows)
    {
        var all = flows.SelectMany(static flow => flow.Faults).ToList();
        var (faults, repaired) = (all.Count(static fault => fault.Remains), all.Count(static fault => fault.IsRepaired));
        var leftovers = all.Count(static fault => fault.IsLeftover && !fault.IsRepaired);
        context.Streams.Out.WriteLine(
            $"{AmountText.Count(faults, "fault")}, {AmountText.Count(leftovers, "leftover")}"
                + (request.Repairs ? $", {AmountText.Count(repaired, "repair")}." : "."));
        if (!request.Repairs && all.Any(static fault => fault.Repair != DatastoreRepair.None))
        {
            context.Say("Nothing was repaired. Add --repair to repair what can be repaired.");
        }
    }

    private static Dictionary<string, object?> ToData(List<FlowVerification> flows)
    {
        var all = flows.SelectMany(static flow => flow.Faults).ToList();
        return new()
        {
            ["faults"] = (long)all.Count(static fault => fault.Remains),
            ["leftovers"] = (long)all.Count(static fault => fault.IsLeftover && !fault.IsRepaired),
            ["repaired"] = (long)all.Count(static fault => fault.IsRepaired),
            ["flows"] = flows.Select(ToData).ToArray(),
        };
    }

    private static Dictionary<string, object?> ToData(FlowVerification flow) => new()
    {
        ["flow"] = flow.Flow,
        ["runs"] = (long)flow.Counts.Runs,
        ["tasks"] = (long)flow.Counts.Tasks,
        ["attempts"] = (long)flow.Counts.Attempts,
        ["complete_attempts"] = (long)flow.Counts.CompleteAttempts,
        ["blobs"] = (long)flow.Counts.Blobs,
        ["blob_bytes"] = flow.Counts.BlobBytes,
        ["read_blobs"] = (long)flow.Counts.ReadBlobs,
        ["quarantined"] = (long)flow.Counts.Quarantined,
        ["found"] = flow.Faults.Select(static fault => new Dictionary<string, object?>
        {
            ["kind"] = fault.IsLeftover ? "leftover" : "fault",
            ["code"] = fault.Code,
            ["path"] = fault.Path,
            ["what"] = fault.What,
            ["remedy"] = fault.Remedy,
            ["repairable"] = fault.Repair != DatastoreRepair.None,
            ["repaired"] = fault.IsRepaired,
        }).ToArray(),
        ["notes"] = flow.Notes.ToArray(),
    };

    private static string KindOf(DatastoreFault fault)
        => fault.IsRepaired ? "repaired" : fault.IsLeftover ? "leftover" : "fault   ";

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
