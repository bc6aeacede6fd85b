namespace Metaflow.Commands;

/// <summary>What a command accepts, and its text for help. Its name is the name under which it is registered.</summary>
public sealed record CommandSpecification
{
    /// <summary>Gets the sentence that lists of commands show.</summary>
    public required string Summary { get; init; }

    /// <summary>Gets the details for help, after the summary; empty by default.</summary>
    public string Details { get; init; } = "";

    /// <summary>Gets the options of the command itself; none by default. Environment variables set them too: of <c>card view</c>
    /// <c>METAFLOW_CARD_VIEW_NAME</c> sets <c>--name</c>.</summary>
    public IReadOnlyList<OptionSpecification> Options { get; init; } = [];

    /// <summary>Gets the names of the arguments, in order, as help shows them; none by default. Shells complete arguments called
    /// <c>RUN_ID</c>, <c>INPUT</c> (a run, step or task) and <c>STEP</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Gets how many of the arguments must be given. The default is 0.</summary>
    public int RequiredArguments { get; init; }

    /// <summary>Gets a value indicating whether the last argument may be given several times. The default is
    /// <see langword="false"/>.</summary>
    public bool LastArgumentRepeats { get; init; }

    /// <summary>Gets a value indicating whether the flow's parameters are options of the command too; see
    /// <see cref="ParsedCommandLine.Parameters"/>. The default is <see langword="false"/>.</summary>
    public bool TakesParameters { get; init; }

    /// <summary>Gets examples: what follows the program's name.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Gets the name; that of a sub-command with its group's before it, as <c>tag add</c>.</summary>
    internal string Name { get; init; } = "";

    /// <summary>Gets the title under which lists of commands show it, such as <c>Look</c>.</summary>
    internal string Group { get; init; } = "";

    /// <summary>Gets the sub-commands; empty by default.</summary>
    internal IReadOnlyList<CommandSpecification> Subcommands { get; init; } = [];

    /// <summary>Gets a value indicating whether the command is nothing but its sub-commands.</summary>
    internal bool IsGroup { get; init; }

    /// <summary>Gets a word that may stand before the arguments and changes nothing, or <see langword="null"/>.</summary>
    internal string? IgnoredWord { get; init; }

    /// <summary>Gets the name as a part of environment variables.</summary>
    internal string EnvironmentName => Name.ToUpperInvariant().Replace('-', '_').Replace(' ', '_');
}
