using Metaflow.Cli.Parsing;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
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
            "Without STEP, the tasks that failed run again, with all tasks that follow them. With STEP, the tasks of that step run again, "
                + "with all that follow them. If a parameter gets another value than in the earlier run, the tasks that read it run again "
                + "too. "
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
        return shown.End(await context.Application.RunAsync(ChosenRequest(context), shown, context.Interruption).ConfigureAwait(false));
    }

    private static async Task<int> ShowPlanAsync(FlowContext context)
    {
        var plan = await context.Application.PlanAsync(ChosenRequest(context)).ConfigureAwait(false);
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

    // Which run failed last needs the store: the check of the command line reads none.
    private static RunRequest ChosenRequest(FlowContext context)
    {
        var request = Request(context);
        return request is { Resume: { OriginRun: RunChoice.LatestFailed } resume }
            ? request with
            {
                Resume = resume with
                {
                    OriginRun = RunChoice.Find(context, RunChoice.LatestFailed, context.Application.Settings.Namespace).Id,
                },
            }
            : request;
    }

    private static ResumeRequest Resume(FlowContext context)
    {
        var line = context.Line;
        return new ResumeRequest
        {
            Step = line.Arguments is [var step, ..] ? ResumedStep(context, step) : null,
            OriginRun = line.Text(OriginRunId),
            RunId = line.Text(RunId) is { Length: > 0 } runId ? runId : null,
            IsCloneOnly = line.Flag(CloneOnly),
            IsReentrant = line.Flag(Reentrant),
            Identifier = line.Text(Identifier),
            RerunsChanged = line.Flag(RerunChanged),
        };
    }

    /// <summary>Returns the name on disk of a step, which may be named as its method is.</summary>
    /// <exception cref="ConfigurationException">MF2072: the flow has no such step.</exception>
    internal static string StepName(FlowContext context, string given)
        => KnownSteps.Require(context.Application.Definition, given).Name;

    /// <exception cref="ConfigurationException">MF2072: the flow has no such step.</exception>
    private static string ResumedStep(FlowContext context, string given)
    {
        var definition = context.Application.Definition;
        var looksLikeRun = given is [>= '0' and <= '9', ..] || given.Contains('/', StringComparison.Ordinal);
        return looksLikeRun && KnownSteps.Find(definition, given) is null
            ? throw new ConfigurationException(
                ErrorCodes.ResumedStepUnknown,
                $"Flow '{definition.FlowName}' has no step '{given}'.",
                "The argument of 'resume' is the step to begin with.",
                $"If '{given}' is a run, write 'resume --origin-run-id {given}'.")
            { ExitCode = ExitCodes.Usage }
            : StepName(context, given);
    }

    private static ConfigurationException Refused(string what, string why, string fix)
        => new(ErrorCodes.ResumeOptionRefused, what, why, fix) { ExitCode = ExitCodes.Usage };

    private static IEnumerable<OptionSpecification> OwnOptions()
    {
        yield return new()
        {
            Name = OriginRunId,
            ValueName = "run",
            Description = "The run to resume: its id, 'Flow/run', 'latest' or 'latest-failed'. By default the last one started here.",
        };
        yield return ContinuedRun.Option;
        yield return new()
        {
            Name = RerunChanged,
            Description =
                "Also run tasks again if the code of their step has changed. By default they are cloned, and the plan names them.",
        };
        yield return new() { Name = DryRun, Description = "Only print what would be cloned and what would run." };
        yield return new() { Name = Json, Description = "With --dry-run, print it as JSON." };
        yield return new() { Name = CloneOnly, Opposite = "no-clone-only", Description = "Only clone what succeeded; run nothing." };
        yield return new()
        {
            Name = RunId,
            ValueName = "text",
            IsHidden = true,
            Description = "The id of the new run, which must not be a number.",
        };
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
