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
        Details = "It deletes what is older than an age: environments with packages of NuGet that have no name and that no run of the "
            + "datastore used or is about to use; packages of the datastore that no environment has; packages unpacked on this machine "
            + "that no environment of this machine or the datastore has; and, of this machine, what nobody has used for 30 days at least: "
            + "the files with which programs start, the folders with packages of conda and Python, and those packages where the datastore "
            + "has them too. What is needed later is fetched, unpacked and written again. If a record cannot be read, it is named, what "
            + "it could need stays, and the exit code is 1.",
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
        using var environments = ToolEnvironments.Open(context);
        var report = await new EnvironmentCleanup(environments.Workspace)
            .RunAsync(AgeOf(context), isDryRun, context.Stopping).ConfigureAwait(false);
        var exitCode = report.Problems.Count > 0 ? ExitCodes.Failure : ExitCodes.Success;
        TellProblems(context, report);
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, ToData(report, isDryRun));
            return exitCode;
        }

        foreach (var id in report.Environments)
        {
            context.Streams.Out.WriteLine($"{id} {id.Architecture}");
        }

        context.Streams.Out.WriteLine(
            $"{(isDryRun ? "Would delete" : "Deleted")} {AmountText.Count(report.Environments.Count, "environment")}, "
                + $"{AmountText.Count(report.Packages.Count, "package")} of the datastore "
                + $"({AmountText.Size(report.Packages.Sum(static package => package.Length))}), "
                + $"{AmountText.Count(report.Unpacked.Count, "unpacked package")} "
                + $"({AmountText.Size(report.Unpacked.Sum(static package => package.Length))}), and the files of "
                + $"{AmountText.Count(report.Machine.Programs.Count, "start")} of programs "
                + $"({AmountText.Size(report.Machine.Programs.Sum(static program => program.Length))}).");
        if (TextOfPython(report.Machine) is { Length: > 0 } text)
        {
            context.Streams.Out.WriteLine($"{(isDryRun ? "Would delete" : "Deleted")} of packages of conda and Python: {text}.");
        }

        return exitCode;
    }

    private static string TextOfPython(MachineCleanup machine)
    {
        (int Count, string Name, long Length)[] parts =
        [
            (machine.Prefixes.Count, "environment folder", machine.Prefixes.Sum(static folder => folder.Length)),
            (machine.CondaPackages.Count, "unpacked package", machine.CondaPackages.Sum(static package => package.Length)),
            (machine.Archives.Count, "downloaded file", machine.Archives.Sum(static file => file.Length)),
        ];
        return string.Join(
            ", ",
            parts.Where(static part => part.Count > 0)
                .Select(static part => $"{AmountText.Count(part.Count, part.Name)} ({AmountText.Size(part.Length)})"));
    }

    private static void TellProblems(ToolContext context, CleanupReport report)
    {
        foreach (var problem in report.Problems)
        {
            context.Say($"{problem.What} {problem.Why} {problem.Fix} [{problem.Code}]");
        }

        if (report.KeepsStored)
        {
            context.Say("All packages of the datastore stay: a record that cannot be read may need them.");
        }

        if (report.KeepsUnpacked)
        {
            context.Say("All unpacked packages stay: a record of this machine that cannot be read may need them.");
        }
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
        ["unpacked"] = FilesOf(report.Unpacked.Select(static package => (package.Path, package.Length))),
        ["programs"] = FilesOf(report.Machine.Programs.Select(static program => (program.Path, program.Length))),
        ["prefixes"] = FilesOf(report.Machine.Prefixes.Select(static prefix => (prefix.Path, prefix.Length))),
        ["unpacked_conda"] = FilesOf(report.Machine.CondaPackages.Select(static package => (package.Name, package.Length))),
        ["archives"] = FilesOf(report.Machine.Archives.Select(static file => (file.Path, file.Length))),
        ["errors"] = report.Problems.Select(static problem => new Dictionary<string, object?>
        {
            ["code"] = problem.Code,
            ["what"] = problem.What,
            ["why"] = problem.Why,
        }).ToArray(),
        ["keeps_packages"] = report.KeepsStored,
        ["keeps_unpacked"] = report.KeepsUnpacked,
    };

    private static Dictionary<string, object?>[] FilesOf(IEnumerable<(string Path, long Length)> files)
        => [.. files.Select(static file => new Dictionary<string, object?> { ["path"] = file.Path, ["size"] = file.Length })];
}
