using System.Globalization;
using System.Text;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Runs the flow.</summary>
internal sealed class RunCommand(IFlowApplication application) : Command<FlowContext>
{
    private const string MaxWorkers = "max-workers";
    private const string MaxNumSplits = "max-num-splits";
    private const string MaxLogSize = "max-log-size";
    private const string Tag = "tag";
    private const string RunIdFile = "run-id-file";
    private const string Until = "until";
    private const string Cache = "cache";
    private const string CacheRuns = "cache-runs";
    private const string Explain = "explain";
    private static readonly RunRequest Defaults = new();

    /// <inheritdoc/>
    public override bool ShowsHeader => true;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Run the flow.",
        Details = "Every task runs in a process of its own; its artifacts and logs are kept in the datastore.",
        TakesParameters = true,
        Options = [.. CacheOptions(), .. OwnOptions()],
        Examples = [.. Examples(application.Definition)],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        var request = Request(context);
        ParameterValues.Check(
            context.Application.Definition, request.Parameters, context.Streams.Environment, request.WorkingFolder);
        ConfigLoader.Check(context.Application.Definition, request.Configs, context.Streams.Environment);
        Check(context, request);
    }

    /// <summary>Checks the options that all ways to start a run have.</summary>
    internal static void Check(FlowContext context, RunRequest request)
    {
        CheckDecorators(context, request.With);
        LogFormatOption.Check(context);
        // Written when the run is over: it must not fail then for a typing error.
        if (context.Line.Text(ShownRun.ExplainJson) is { } file)
        {
            OutputFile.CheckFolderOf(UserPath.Of(file, request.WorkingFolder));
        }
    }

    /// <summary>Checks decorators that the command line adds.</summary>
    /// <exception cref="ConfigurationException">MF2004: there is no such decorator, or its options are wrong.</exception>
    internal static void CheckDecorators(FlowContext context, IReadOnlyList<string> with)
    {
        // Why a decorator of flows is none of steps, the application says.
        var (known, ofFlows) = (context.Application.KnownDecorators, context.Application.KnownFlowDecorators);
        foreach (var name in with.Select(static decorator => decorator.Split(':')[0])
            .Where(name => !known.Contains(name) && !ofFlows.Contains(name)))
        {
            throw UsageErrors.UnknownDecorator(name, known);
        }

        context.Application.CheckDecorators(with);
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        if (!Validation.Check(context))
        {
            return ExitCodes.Failure;
        }

        using var shown = new ShownRun(context);
        return shown.End(await context.Application.RunAsync(Request(context), shown, context.Interruption).ConfigureAwait(false));
    }

    /// <summary>Reads the options that all ways to start a run have.</summary>
    internal static RunRequest Request(FlowContext context)
    {
        var line = context.Line;
        return new RunRequest
        {
            Parameters = line.Parameters,
            Configs = ConfigOptions.Request(line),
            MaxWorkers = line.WholeNumber(MaxWorkers, IsolationOption.WorkersOf(context.Settings) ?? Defaults.MaxWorkers, minimum: 1),
            MaxNumSplits = line.WholeNumber(MaxNumSplits, Defaults.MaxNumSplits, minimum: 1),
            MaxLogSize = line.WholeNumber(MaxLogSize, Defaults.MaxLogSize, minimum: 1),
            Tags = line.All(Tag),
            With = line.All(FlowContext.WithOption),
            FlowOptions = CommonOptions.FlowOptions(context),
            RunIdFile = line.Text(RunIdFile),
            UsesCache = line.Flag(Cache),
            CacheRuns = line.WholeNumber(CacheRuns, Defaults.CacheRuns, minimum: 1),
            Explains = line.Flag(Explain) || line.Text(ShownRun.ExplainJson) is not null,
            Until = line.Text(Until) is { } last ? ResumeCommand.StepName(context, last) : null,
            Namespace = line.Text(CommonOptions.Namespace),
            WorkingFolder = context.Streams.WorkingFolder,
        };
    }

    private static IEnumerable<OptionSpecification> CacheOptions()
    {
        yield return new()
        {
            Name = Cache,
            Opposite = "no-cache",
            Description =
                "Take the results of earlier runs for tasks whose code and inputs have not changed. Steps count as deterministic "
                    + "unless they are marked [NoCache].",
        };
        yield return Number(CacheRuns, "With --cache, the number of newest runs whose results may be taken.", Defaults.CacheRuns);
    }

    /// <summary>Returns the options that all ways to start a run have.</summary>
    internal static IEnumerable<OptionSpecification> OwnOptions()
    {
        yield return Number(MaxWorkers, "Maximum number of tasks that run at the same time.", Defaults.MaxWorkers);
        yield return IsolationOption.Specification;
        yield return Number(MaxNumSplits, "Maximum number of tasks that one foreach may start.", Defaults.MaxNumSplits);
        yield return Number(MaxLogSize, "Maximum size of each output stream of a task, in MB.", Defaults.MaxLogSize);
        yield return new()
        {
            Name = Tag,
            IsName = true,
            ValueName = "text",
            IsRepeatable = true,
            Description = "Give the run a tag, to find it by. May be given several times.",
        };
        yield return new()
        {
            Name = RunIdFile,
            ValueName = "path",
            Description = "Write the run's id into this file.",
        };
        yield return new() { Name = Explain, Description = "Print for each task why an earlier result was taken or not." };
        yield return new()
        {
            Name = ShownRun.ExplainJson,
            ValueName = "path",
            Description = "Write the same into this file, as one JSON object per line.",
        };
        yield return LogFormatOption.Option;
        yield return new() { Name = Until, ValueName = "step", Description = "Run only this step and the steps that lead to it." };
    }

    private static OptionSpecification Number(string name, string description, int defaultValue) => new()
    {
        Name = name,
        ValueName = "integer",
        Description = description,
        Default = defaultValue.ToString(CultureInfo.InvariantCulture),
    };

    private static IEnumerable<string> Examples(FlowDefinition definition)
    {
        yield return "run";
        if (definition.Parameters.Count > 0)
        {
            yield return "run " + ParameterOptions.Example(definition.Parameters[0]);
        }

        yield return "run --max-workers 4 --tag experiment --with retry";
    }
}
