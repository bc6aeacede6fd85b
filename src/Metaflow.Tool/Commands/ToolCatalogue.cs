namespace Metaflow.Tool.Commands;

/// <summary>All commands of the tool by name.</summary>
internal static class ToolCatalogue
{
    /// <summary>How the tool is called.</summary>
    public const string Invocation = "metaflow";

    private static readonly string[] Configure = ["show", "set", "reset", "import", "export", "local"];
    private static readonly string[] Tutorials = ["list", "info", "pull"];

    /// <summary>Gets the names in the order of help.</summary>
    public static IReadOnlyList<string> Names { get; } = ["status", "flows", "runs", "configure", "tutorials", "completion", "version", "help"];

    /// <summary>Makes a command.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The command, or <see langword="null"/> when there is none of that name.</returns>
    public static ToolCommand? Find(string name) => name switch
    {
        WelcomeCommand.Name => new WelcomeCommand(),
        "status" => new StatusCommand(),
        "flows" => new FlowsCommand(),
        "runs" => new RunsCommand(),
        "configure" => new ToolCommandGroup("configure", "Show and change the settings of a profile.", Configure, "configure show --origin", "configure set METAFLOW_USER=ada"),
        "configure show" => new ConfigureShowCommand(),
        "configure set" => new ConfigureSetCommand(),
        "configure reset" => new ConfigureResetCommand(),
        "configure import" => new ConfigureImportCommand(),
        "configure export" => new ConfigureExportCommand(),
        "configure local" => new ConfigureLocalCommand(),
        "tutorials" => new ToolCommandGroup("tutorials", "List and copy the tutorials.", Tutorials, "tutorials list", "tutorials pull"),
        "tutorials list" => new TutorialsListCommand(),
        "tutorials info" => new TutorialsInfoCommand(),
        "tutorials pull" => new TutorialsPullCommand(),
        "completion" => new CompletionCommand(),
        "complete" => new CompleteCommand(),
        "version" => new VersionCommand(),
        "help" => new HelpCommand(),
        _ => null,
    };
}
