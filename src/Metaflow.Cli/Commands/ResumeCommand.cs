using Metaflow.Cli.Parsing;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Goes on with an earlier run: what succeeded is cloned into a new run, the rest is run.</summary>
internal sealed class ResumeCommand(IFlowApplication application) : Command<FlowContext>
{
    private const string OriginRunId = "origin-run-id";
    private const string RunId = "run-id";
    private const string CloneOnly = "clone-only";
    private const string Reentrant = "reentrant";
    private const string Identifier = "resume-identifier";
    private const string RerunChanged = "rerun-changed";
    private const string DryRun = "dry-run";
    private const string Json = "json";

    /// <inheritdoc/>
    public override bool ShowsHeader => true;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Resume an earlier run: clone what succeeded, run the rest.",
        Details =
            "Without STEP, only what failed and what follows it runs again. With STEP, that step and all that follows it do. A "
                + "parameter that is given "
                + "another value than in the earlier run makes the tasks run again that read it, with all that follows them. "
                + ContinuedRun.Details,
        Arguments = ["STEP"],
        Options =
        [
            .. ParameterOptions.Of(application.Definition).Select(static option => option with { IsRequired = false, Default = null }),
            .. OwnOptions(), .. RunCommand.OwnOptions(),
        ],
        Examples = ["resume", "resume train --origin-run-id 1795299563529680", "resume --dry-run", ContinuedRun.Example],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        var line = context.Line;
        if (ContinuedRun.IsAsked(line))
        {
            ContinuedRun.CheckInput(context);
            return;
        }

        if (line.Flag(Json) && !line.Flag(DryRun))
        {
            throw UsageErrors.Conflict(
                "Option '--json' prints the plan, and needs '--dry-run': without it, the run would start.",
                "Add '--dry-run', or remove '--json'.");
        }

        var resume = Resume(context);
        resume.CheckRunId();
        if (resume.IsReentrant && resume.RunId is null)
        {
            throw Refused(
                "--reentrant needs --run-id.",
                "Processes that resume together must name the same new run.",
                "Give all of them the same --run-id.");
        }

        RunCommand.Check(context, Request(context));
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        if (ContinuedRun.IsAsked(context.Line))
        {
            return await ContinuedRun.ExecuteAsync(context).ConfigureAwait(false);
        }

        return await (context.Line.Flag(DryRun) ? ShowPlanAsync(context) : StartAsync(context)).ConfigureAwait(false);
    }

    private static async Task<int> StartAsync(FlowContext context)
    {
        if (!Validation.Check(context))
        {
            return ExitCodes.Failure;
        }

        using var shown = new ShownRun(context);
        return shown.End(await context.Application.RunAsync(Request(context), shown, context.Interruption).ConfigureAwait(false));
    }

    private static async Task<int> ShowPlanAsync(FlowContext context)
    {
        var plan = await context.Application.PlanAsync(Request(context)).ConfigureAwait(false);
        if (context.Line.Flag(Json))
        {
            JsonOutput.Write(context, PlanText.Data(plan));
            return ExitCodes.Success;
        }

        foreach (var text in PlanText.Lines(plan))
        {
            context.Streams.Out.WriteLine(text);
        }

        return ExitCodes.Success;
    }

    private static RunRequest Request(FlowContext context) => RunCommand.Request(context) with { Resume = Resume(context) };

    private static ResumeRequest Resume(FlowContext context)
    {
        var line = context.Line;
        return new ResumeRequest
        {
            Step = line.Arguments is [var step, ..] ? StepName(context, step) : null,
            OriginRun = line.Text(OriginRunId),
            RunId = line.Text(RunId) is { Length: > 0 } runId ? runId : null,
            IsCloneOnly = line.Flag(CloneOnly),
            IsReentrant = line.Flag(Reentrant),
            Identifier = line.Text(Identifier),
            RerunsChanged = line.Flag(RerunChanged),
        };
    }

    /// <summary>A step may be named as its method is.</summary>
    internal static string StepName(FlowContext context, string given)
        => context.Application.Definition.Graph.Find(given) is null ? SnakeCase.FromMember(given) : given;

    private static ConfigurationException Refused(string what, string why, string fix)
        => new(ErrorCodes.ResumeOptionRefused, what, why, fix) { ExitCode = ExitCodes.Usage };

    private static IEnumerable<OptionSpecification> OwnOptions()
    {
        yield return new()
        {
            Name = OriginRunId,
            ValueName = "run",
            Description = "The run to resume, as 'run' or 'Flow/run'. By default the last one started here.",
        };
        yield return ContinuedRun.Option;
        yield return new()
        {
            Name = RerunChanged,
            Description = "Also run the tasks again whose step's code changed since. By default they are cloned, and the plan names them.",
        };
        yield return new() { Name = DryRun, Description = "Only print what would be cloned and what would run." };
        yield return new() { Name = Json, Description = "With --dry-run, print it as JSON." };
        yield return new() { Name = CloneOnly, Opposite = "no-clone-only", Description = "Only clone what succeeded; run nothing." };
        yield return new() { Name = RunId, ValueName = "text", IsHidden = true, Description = "The id of the new run; no number." };
        yield return new()
        {
            Name = Reentrant,
            Opposite = "no-reentrant",
            IsHidden = true,
            Description = "Let several processes resume into the same --run-id: one works, the others wait.",
        };
        yield return new()
        {
            Name = Identifier,
            ValueName = "text",
            IsHidden = true,
            Description = "Identifies this process among the others of a reentrant resume.",
        };
    }
}
