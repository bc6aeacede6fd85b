namespace Metaflow.Cli.Parsing;

/// <summary>A command: what the parser accepts and what help says.</summary>
internal sealed record CommandSpecification
{
    /// <summary>Gets the name; that of a sub-command with its group's before it, as <c>tag add</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the sentence that lists of commands show.</summary>
    public required string Summary { get; init; }

    /// <summary>Gets what help says beyond the summary; empty by default.</summary>
    public string Details { get; init; } = "";

    /// <summary>Gets the options of the command itself.</summary>
    public IReadOnlyList<OptionSpecification> Options { get; init; } = [];

    /// <summary>Gets the names of the arguments, in order, as help shows them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Gets a value indicating whether the last argument may be given several times.</summary>
    public bool LastArgumentRepeats { get; init; }

    /// <summary>Gets the sub-commands; empty by default.</summary>
    public IReadOnlyList<CommandSpecification> Subcommands { get; init; } = [];

    /// <summary>Gets a value indicating whether the command is nothing but its sub-commands.</summary>
    public bool IsGroup { get; init; }

    /// <summary>Gets a word that may stand before the arguments and changes nothing, or <see langword="null"/>.</summary>
    public string? IgnoredWord { get; init; }

    /// <summary>Gets how many of the arguments must be given.</summary>
    public int RequiredArguments { get; init; }

    /// <summary>Gets the name as a part of environment variables.</summary>
    public string EnvironmentName => Name.ToUpperInvariant().Replace('-', '_').Replace(' ', '_');

    /// <summary>Gets examples: what follows the invocation.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}
