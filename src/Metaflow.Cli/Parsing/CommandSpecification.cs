namespace Metaflow.Cli.Parsing;

/// <summary>A command: what the parser accepts and what help says.</summary>
internal sealed record CommandSpecification
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the sentence that lists of commands show.</summary>
    public required string Summary { get; init; }

    /// <summary>Gets what help says beyond the summary; empty by default.</summary>
    public string Details { get; init; } = "";

    /// <summary>Gets the options of the command itself.</summary>
    public IReadOnlyList<OptionSpecification> Options { get; init; } = [];

    /// <summary>Gets the names of the arguments, in order, as help shows them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Gets a word that may stand before the arguments and changes nothing, or <see langword="null"/>.</summary>
    public string? IgnoredWord { get; init; }

    /// <summary>Gets how many of the arguments must be given.</summary>
    public int RequiredArguments { get; init; }

    /// <summary>Gets examples: what follows the invocation.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}
