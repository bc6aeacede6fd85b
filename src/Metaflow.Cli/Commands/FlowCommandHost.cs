using Metaflow.Cli.Completion;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Settings;

namespace Metaflow.Cli.Commands;

/// <summary>The commands of a flow program.</summary>
/// <param name="application">The flow program.</param>
/// <param name="streams">The console.</param>
/// <param name="interruption">Asked to stop a run by the program's signal handlers.</param>
/// <param name="plugins">The plug-ins whose commands it has; <see langword="null"/>, the default, for those of this process.</param>
internal sealed class FlowCommandHost(
    IFlowApplication application, ConsoleStreams streams, RunInterruption interruption, PluginRegistry? plugins = null)
    : CommandHost<FlowContext>(WithSettings(streams, application.Settings.Environment), interruption, plugins)
{
    private const int MostRuns = 20;

    private static readonly string[] Names =
    [
        "run", "resume", "spin",
        "show", "runs", "logs", "logs scrub", "dump", "diff",
        "tag", "tag add", "tag remove", "tag replace", "tag list", "gc", "fsck",
        "check", "debug", "debug stacks", "output-dot", "output-raw",
    ];

    /// <inheritdoc/>
    public override string Invocation => application.Invocation;

    /// <inheritdoc/>
    public override IReadOnlyList<string> HelpExamples => ["help", "help run", "help tag add"];

    /// <inheritdoc/>
    protected override string DefaultCommand => "check";

    /// <inheritdoc/>
    protected override string Description
        => application.Definition.Documentation is { Length: > 0 } documentation
            ? documentation
            : $"The flow '{application.Definition.FlowName}'.";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Examples => ["run", "help run"];

    /// <inheritdoc/>
    protected override string ParametersTitle => $"Parameters of {application.Definition.FlowName}";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> OwnNames => Names;

    /// <inheritdoc/>
    protected override string GroupOf(string name) => name.Split(' ')[0] switch
    {
        "run" or "resume" or "spin" => "Run",
        "show" or "runs" or "logs" or "dump" or "diff" => "Look",
        "tag" or "gc" or "fsck" => "Manage",
        _ => base.GroupOf(name),
    };

    /// <summary>Returns whether programs of this process have a command.</summary>
    /// <param name="name">Its name.</param>
    public static bool Has(string name) => Names.Contains(name) || ProgramPlugins.Registry.Find<Command<FlowContext>>(name) is not null
        || name is "completion" or "version" or "help";

    /// <summary>Returns the names of commands that every flow program has, and that may follow what was typed.</summary>
    /// <param name="words">What was typed behind the program's name; the last is the beginning of the word wanted.</param>
    public static IEnumerable<string> NamesAfter(IReadOnlyList<string> words)
    {
        var typed = string.Join(' ', words);
        return Names.Concat(["completion", "version", "help"]).Where(name => name.StartsWith(typed, StringComparison.Ordinal))
            .Select(static name => name.Split(' ')).Where(name => name.Length >= words.Count)
            .Select(name => name[words.Count - 1]).Distinct();
    }

    /// <inheritdoc/>
    public override IEnumerable<Candidate> ValuesOf(FlowContext context, string of, string typed) => of switch
    {
        "--with" => context.Application.KnownDecorators.Select(static name => new Candidate(name)),
        "--run-id" or "--origin-run-id" or "RUN_ID" or "RUN1" or "RUN2" or "RUN" => Runs(context, ""),
        "INPUT" => Inputs(context, typed),
        "--columns" or "--sort" => Columns(context, typed),
        "STEP" => Steps(context, ""),
        _ => base.ValuesOf(context, of, typed),
    };

    /// <inheritdoc/>
    protected override Command<FlowContext>? FindOwn(string name) => name switch
    {
        "run" => new RunCommand(application),
        "resume" => new ResumeCommand(application),
        "spin" => new SpinCommand(application),
        "runs" => new RunsCommand(),
        "gc" => new CollectCommand(),
        "fsck" => new FsckCommand(),
        "show" => new ShowCommand(),
        "check" => new CheckCommand(),
        "dump" => new DumpCommand(),
        "logs" => new LogsCommand(),
        "logs scrub" => new LogsScrubCommand(),
        "diff" => new DiffCommand(),
        "debug" => new CommandGroup<FlowContext>("Look into running tasks.", "debug stacks latest/train"),
        "debug stacks" => new DebugStacksCommand(),
        "tag" => new CommandGroup<FlowContext>("Add, remove and list tags of runs.", "tag list", "tag add --run-id latest reviewed"),
        "tag add" => new TagChangeCommand(adds: true),
        "tag remove" => new TagChangeCommand(adds: false),
        "tag replace" => new TagReplaceCommand(),
        "tag list" => new TagListCommand(),
        "output-dot" => new OutputDotCommand(),
        "output-raw" => new OutputRawCommand(),
        _ => null,
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<OptionSpecification> ListCommonOptions() => Cli.Commands.CommonOptions.Of(application);

    /// <inheritdoc/>
    protected override FlowContext MakeContext(ParsedCommandLine line)
        => new(Cli.Commands.CommonOptions.Apply(application, line, Streams.WorkingFolder), line, Streams, Interruption);

    /// <inheritdoc/>
    protected override CommandSpecification Complete(CommandSpecification specification) => specification.TakesParameters
        ? specification with { Options = [.. ParameterOptions.Of(application.Definition), .. specification.Options] }
        : specification;

    /// <inheritdoc/>
    protected override void Begin(FlowContext context, Command<FlowContext> command)
    {
        if (application.Settings.Problem is { } problem
            && command is not (HelpCommand<FlowContext> or VersionCommand<FlowContext> or CompletionCommand<FlowContext>))
        {
            throw problem;
        }

        if (Commands.OfPlugin(context.Line.Command.Name) is not null)
        {
            RunCommand.CheckDecorators(context, context.Line.All(FlowContext.WithOption));
        }

        base.Begin(context, command);
        if (command.ShowsHeader)
        {
            context.Say($"Metaflow {ProductVersion.Text} executing {application.Definition.FlowName} for user:{context.Settings.User}");
            Validation.WarnOfSettings(context);
        }
    }

    // What settings files say of options and parameters counts like variables, below those.
    private static ConsoleStreams WithSettings(ConsoleStreams streams, IReadOnlyDictionary<string, string> settings)
    {
        var variables = new Dictionary<string, string>(settings, StringComparer.Ordinal);
        foreach (var (name, value) in streams.Environment)
        {
            variables[name] = value;
        }

        return streams with { Environment = variables };
    }

    private static IEnumerable<Candidate> Runs(FlowContext context, string end)
        => RunChoice.Flow(context, null).Runs().Take(MostRuns)
            .Select(run => new Candidate(run.Id + end, JsonOutput.Time(run.CreatedAt) ?? ""))
            .Prepend(new Candidate(RunChoice.LatestFailed + end, "The newest run that failed."))
            .Prepend(new Candidate(RunChoice.Latest + end, "The newest run."));

    private static IEnumerable<Candidate> Steps(FlowContext context, string start)
        => context.Application.Definition.Graph.Steps.Select(step => new Candidate(start + step.Name));

    private static IEnumerable<Candidate> Inputs(FlowContext context, string typed) => typed.Split('/') switch
    {
        [_] => Runs(context, "/"),
        [var run, var step] when step.IndexOf('[', StringComparison.Ordinal) is > 0 and var end => Places(context, run, step[..end]),
        [var run, var step] when IsInForeach(context, step) => Steps(context, run + "/").Concat(Places(context, run, step)),
        [var run, _] => Steps(context, run + "/"),
        [var run, var step, _] => Tasks(context, run, step).Select(
            task => new Candidate($"{run}/{step}/{task.Id}", ForeachPlace.TitleOf(task))),
        _ => [],
    };

    // Behind the names that were typed already, and behind the sign of a descending order.
    private static IEnumerable<Candidate> Columns(FlowContext context, string typed)
        => DeclaredNames.Names(context.Application.Definition).Concat(RunColumn.UsualNames)
            .Select(name => new Candidate(typed[..(typed.LastIndexOfAny([',', '-']) + 1)] + name));

    private static bool IsInForeach(FlowContext context, string step)
        => context.Application.Definition.Graph is var graph && graph.Find(step) is { } found
            && graph.OpenSplitsOf(found).Any(split => graph.KindOf(split) is StepKind.SplitForeach or StepKind.SplitParallel);

    private static IEnumerable<Candidate> Places(FlowContext context, string run, string step)
        => Tasks(context, run, step).Select(task => new Candidate($"{run}/{ForeachPlace.Of(task)}", task.ForeachItem ?? ""));

    private static IReadOnlyList<TaskHandle> Tasks(FlowContext context, string run, string step)
        => TaskArgument.InOrder(RunChoice.Find(context, run, null).Step(step).Tasks);
}
