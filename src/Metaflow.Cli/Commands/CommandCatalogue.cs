namespace Metaflow.Cli.Commands;

/// <summary>All commands by name. A command is made only when it is asked for.</summary>
internal static class CommandCatalogue
{
    /// <summary>Gets the names in the order of help.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["run", "resume", "spin", "runs", "gc", "show", "check", "dump", "logs", "diff", "tag", "output-dot", "output-raw", "completion", "version", "help"];

    /// <summary>Makes a command.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The command, or <see langword="null"/> when there is none of that name.</returns>
    public static FlowCommand? Find(string name) => name switch
    {
        "run" => new RunCommand(),
        "resume" => new ResumeCommand(),
        "spin" => new SpinCommand(),
        "runs" => new RunsCommand(),
        "gc" => new CollectCommand(),
        "show" => new ShowCommand(),
        "check" => new CheckCommand(),
        "dump" => new DumpCommand(),
        "logs" => new LogsCommand(),
        "diff" => new DiffCommand(),
        "logs scrub" => new LogsScrubCommand(),
        "tag" => new CommandGroup("tag", "Add, remove and list tags of runs.", ["add", "remove", "replace", "list"], ["tag list", "tag add --run-id latest reviewed"]),
        "tag add" => new TagChangeCommand(adds: true),
        "tag remove" => new TagChangeCommand(adds: false),
        "tag replace" => new TagReplaceCommand(),
        "tag list" => new TagListCommand(),
        "output-dot" => new OutputDotCommand(),
        "output-raw" => new OutputRawCommand(),
        "completion" => new CompletionCommand(),
        "complete" => new CompleteCommand(),
        "version" => new VersionCommand(),
        "help" => new HelpCommand(),
        _ => null,
    };
}
