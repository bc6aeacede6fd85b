using Metaflow.Cli.Commands;
using Metaflow.Cli.Completion;
using Metaflow.Commands;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Tool.EnvironmentCommands;
using Metaflow.Tool.Explanations;
using Metaflow.Tool.Setup;
using Metaflow.Tool.Tutorials;

namespace Metaflow.Tool.Commands;

/// <summary>The commands of the tool.</summary>
/// <param name="streams">The console.</param>
/// <param name="interruption">Never asked: the tool's commands are short, and a signal ends them.</param>
/// <param name="plugins">The plug-ins whose commands it has; <see langword="null"/> for those that it ships with.</param>
internal sealed class ToolCommandHost(ConsoleStreams streams, RunInterruption interruption, PluginRegistry? plugins)
    : CommandHost<ToolContext>(streams, interruption, plugins)
{
    private static readonly string[] Names =
    [
        RunCommand.Name,
        "status", "flows", "runs", CopyCommand.Name, "fsck",
        "configure", "configure show", "configure set", "configure reset", "configure import", "configure export", "configure local",
        "configure aws", "configure azure", "configure gcp",
        "environment", "environment resolve", "environment create", "environment show", "environment get", "environment alias",
        "environment list", "environment export", "environment delete", "environment gc",
        "explain",
        "tutorials", "tutorials list", "tutorials info", "tutorials pull",
    ];

    /// <inheritdoc/>
    public override string Invocation => "metaflow";

    /// <inheritdoc/>
    public override IReadOnlyList<string> HelpExamples => ["help", "help configure show"];

    /// <inheritdoc/>
    protected override string DefaultCommand => WelcomeCommand.Name;

    /// <inheritdoc/>
    protected override string Description
        => "Manage settings, tutorials, and the flows and runs of a datastore. A flow's own program has the commands of the flow.";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Examples => ["run train.cs run --epochs 3", "status", "tutorials pull"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> OwnNames => Names;

    /// <inheritdoc/>
    protected override string GroupOf(string name) => name.Split(' ')[0] switch
    {
        RunCommand.Name => "Run",
        "status" or "flows" or "runs" => "Look",
        "configure" or "environment" or "fsck" or CopyCommand.Name => "Manage",
        "explain" or "tutorials" => "Learn",
        _ => base.GroupOf(name),
    };

    /// <inheritdoc/>
    public override IEnumerable<Candidate> ValuesOf(ToolContext context, string of, string typed) => of switch
    {
        "FLOW" => context.Client().Flows.Select(static flow => new Candidate(flow.Name)),
        "RUN" => CopySelection.Candidates(context, typed),
        "ENV" or "--using" or "--from" => ToolEnvironments.Candidates(context),
        "--profile" => Profiles.Names(context).Select(static name => new Candidate(name)),
        "--episode" or "EPISODE" => TutorialCatalogue.Episodes.Select(static episode => new Candidate(episode.Name, episode.Title)),
        "CODE" => ErrorPages.Codes.Select(static code => new Candidate(code, ErrorPages.TitleOf(code))),
        _ => base.ValuesOf(context, of, typed),
    };

    /// <inheritdoc/>
    protected override Command<ToolContext>? FindOwn(string name) => name switch
    {
        WelcomeCommand.Name => new WelcomeCommand(this),
        RunCommand.Name => new RunCommand(),
        "status" => new StatusCommand(),
        "flows" => new FlowsCommand(),
        "runs" => new RunsCommand(),
        CopyCommand.Name => new CopyCommand(),
        "fsck" => new FsckCommand(),
        "explain" => new ExplainCommand(),
        "configure" => new CommandGroup<ToolContext>(
            "Show and change the settings of a profile.", "configure show --origin", "configure set METAFLOW_USER=ada"),
        "configure show" => new ConfigureShowCommand(),
        "configure set" => new ConfigureSetCommand(),
        "configure reset" => new ConfigureResetCommand(),
        "configure import" => new ConfigureImportCommand(),
        "configure export" => new ConfigureExportCommand(),
        "configure local" => new ConfigureLocalCommand(),
        "configure aws" => new ConfigureCloudCommand(CloudSetup.Aws),
        "configure azure" => new ConfigureCloudCommand(CloudSetup.Azure),
        "configure gcp" => new ConfigureCloudCommand(CloudSetup.Google),
        "environment" => EnvironmentGroup.Command,
        _ when EnvironmentGroup.Find(name) is { } command => command,
        "tutorials" => new CommandGroup<ToolContext>("List and copy the tutorials.", "tutorials list", "tutorials pull"),
        "tutorials list" => new TutorialsListCommand(),
        "tutorials info" => new TutorialsInfoCommand(),
        "tutorials pull" => new TutorialsPullCommand(),
        _ => null,
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<OptionSpecification> ListCommonOptions() => ToolOptions.All;

    /// <inheritdoc/>
    protected override ToolContext MakeContext(ParsedCommandLine line) => new(line, Streams, Interruption.Token);
}
