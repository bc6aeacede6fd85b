using Metaflow.Cli.Parsing;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>The part of 'resume' that continues a run under its own id.</summary>
internal static class ContinuedRun
{
    /// <summary>The option that names the run.</summary>
    public const string Continue = "continue";

    /// <summary>What help says.</summary>
    public const string Details
        =
        "With --continue, the run goes on under its own id from where it died, was stopped, or failed. It keeps the options that it was "
            + "started with, unless you give others.";

    /// <summary>An example.</summary>
    public const string Example = "resume --continue 1795299563529680";

    private const string MaxWorkers = "max-workers";
    private const string MaxNumSplits = "max-num-splits";
    private const string MaxLogSize = "max-log-size";
    private const string Tag = "tag";

    /// <summary>What says how a new run is planned or reported; a continued run has its plan in its journal.</summary>
    private static readonly string[] OfNewRuns =
        [
            "origin-run-id", "rerun-changed", "dry-run", "json", "clone-only", "run-id", "reentrant", "resume-identifier", "until",
            "run-id-file", "explain", "explain-json", "config", "config-value",
        ];

    /// <summary>Gets the option.</summary>
    public static OptionSpecification Option { get; } = new()
    {
        Name = Continue,
        ValueName = "run-id",
        Description = "Continue this run, 'latest' or 'latest-failed', under its own id.",
    };

    /// <summary>Says whether the command line asks to continue a run.</summary>
    public static bool IsAsked(ParsedCommandLine line) => line.Text(Continue) is not null;

    /// <summary>Checks what the user typed.</summary>
    /// <exception cref="ConfigurationException">MF2004: a value is wrong. MF2101: an option means something for new runs only.</exception>
    public static void CheckInput(FlowContext context)
    {
        // Silence here would run what '--dry-run' was to show only.
        if (Array.Find(OfNewRuns, name => context.Line.Text(name) is { } value && value != bool.FalseString) is { } option)
        {
            throw UsageErrors.Conflict(
                $"Option '--{option}' cannot be used together with '--continue': the run goes on as it was planned when it started.",
                "Leave one of them out.");
        }

        // Parameters are refused when the run is looked at: one whose scheduler was killed before it had recorded any needs them.
        if (context.Line.Arguments.Count > 0)
        {
            throw UsageErrors.Conflict(
                "STEP cannot be used together with '--continue': the run goes on where it stopped.",
                "Leave out the step, or leave out '--continue'.");
        }

        var request = Request(context, RunIdOf(context));
        RunCommand.CheckDecorators(context, request.With);
        LogFormatOption.Check(context);
    }

    /// <summary>Continues the run.</summary>
    public static async Task<int> ExecuteAsync(FlowContext context)
    {
        if (!Validation.Check(context))
        {
            return ExitCodes.Failure;
        }

        var named = RunIdOf(context);
        var runId = named is RunChoice.Latest or RunChoice.LatestFailed
            ? RunChoice.Find(context, named, context.Application.Settings.Namespace).Id
            : named;
        using var shown = new ShownRun(context);
        return shown.End(await context.Application.ContinueAsync(
            Request(context, runId), shown, context.Interruption).ConfigureAwait(false));
    }

    private static string RunIdOf(FlowContext context)
        => RunChoice.WithoutFlow(context.Application.Definition.FlowName, context.Line.Text(Continue)!);

    private static ContinueRequest Request(FlowContext context, string runId)
    {
        var line = context.Line;
        return new()
        {
            RunId = runId,
            MaxWorkers = Number(line, MaxWorkers) ?? IsolationOption.WorkersOf(context.Settings),
            MaxNumSplits = Number(line, MaxNumSplits),
            MaxLogSize = Number(line, MaxLogSize),
            Tags = line.All(Tag),
            With = line.All(FlowContext.WithOption),
            Namespace = line.Text(CommonOptions.Namespace),
            Anew = RunCommand.Request(context),
        };
    }

    private static int? Number(ParsedCommandLine line, string option)
        => line.Text(option) is null ? null : line.WholeNumber(option, 0, minimum: 1);
}
