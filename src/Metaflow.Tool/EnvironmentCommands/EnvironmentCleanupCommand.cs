using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Workspaces;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Removes environments and packages that nobody needs any more.</summary>
internal sealed class EnvironmentCleanupCommand : Command<ToolContext>
{
    private const string OlderThan = "older-than";
    private const string DryRun = "dry-run";
    private const int DefaultDays = 30;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Delete environments and packages that nothing refers to.",
        Details = "It deletes three things that are older than an age: environments with packages of NuGet that have no name and that no "
            + "run of the datastore used; packages of the datastore that no environment has; and packages unpacked on this machine that no "
            + "environment of this machine or the datastore has. A package that is needed later is unpacked again.",
        Options =
        [
            new()
            {
                Name = OlderThan,
                ValueName = "age",
                Default = "30d",
                Description = "Keep what is younger than this: '12h', '30d', '8w'. At least '1h'. Unpacked packages count from their last "
                    + "use.",
            },
            new() { Name = DryRun, Opposite = "no-dry-run", Description = "Print what would be deleted, and delete nothing." },
            JsonOutput.Option,
        ],
        Examples = ["environment gc --dry-run", "environment gc --older-than 8w"],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context) => AgeOf(context);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        var isDryRun = context.Line.Flag(DryRun);
        var report = await new EnvironmentCleanup(ToolEnvironments.Open(context).Workspace)
            .RunAsync(AgeOf(context), isDryRun, context.Stopping).ConfigureAwait(false);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, ToData(report, isDryRun));
            return ExitCodes.Success;
        }

        foreach (var id in report.Environments)
        {
            context.Streams.Out.WriteLine($"{id} {id.Architecture}");
        }

        context.Streams.Out.WriteLine(
            $"{(isDryRun ? "Would delete" : "Deleted")} {AmountText.Count(report.Environments.Count, "environment")}, "
                + $"{AmountText.Count(report.Packages.Count, "package")} of the datastore "
                + $"({AmountText.Size(report.Packages.Sum(static package => package.Length))}), and "
                + $"{AmountText.Count(report.Unpacked.Count, "unpacked package")} "
                + $"({AmountText.Size(report.Unpacked.Sum(static package => package.Length))}).");
        return ExitCodes.Success;
    }

    private static TimeSpan AgeOf(ToolContext context)
        => context.Line.Text(OlderThan) is null ? TimeSpan.FromDays(DefaultDays)
            : AgeText.GraceOf(context.Line, OlderThan, TimeSpan.FromHours(1));

    private static Dictionary<string, object?> ToData(CleanupReport report, bool isDryRun) => new()
    {
        ["dry_run"] = isDryRun,
        ["environments"] = report.Environments.Select(static id => new Dictionary<string, object?>
        {
            ["req_id"] = id.RequestId,
            ["full_id"] = id.FullId,
            ["arch"] = id.Architecture,
        }).ToArray(),
        ["packages"] = report.Packages.Select(static package => new Dictionary<string, object?>
        {
            ["sha256"] = package.Sha256,
            ["size"] = package.Length,
        }).ToArray(),
        ["unpacked"] = report.Unpacked.Select(static package => new Dictionary<string, object?>
        {
            ["path"] = package.Path,
            ["size"] = package.Length,
        }).ToArray(),
    };
}
