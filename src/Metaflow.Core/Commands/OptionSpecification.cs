namespace Metaflow.Commands;

/// <summary>An option of a command: what the command line accepts and what help says.</summary>
public sealed record OptionSpecification
{
    /// <summary>Gets the name without its dashes, in lower-case letters, with <c>-</c> between words.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the text for help.</summary>
    public required string Description { get; init; }

    /// <summary>Gets what help calls the value; <see langword="null"/>, the default, if the option takes no value.</summary>
    public string? ValueName { get; init; }

    /// <summary>Gets the opposite option, for example <c>not-quiet</c>, or <see langword="null"/>.</summary>
    public string? Opposite { get; init; }

    /// <summary>Gets a value indicating whether it may be given several times, each time adding a value. The default is
    /// <see langword="false"/>: the last value counts.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Gets a value indicating whether it must be given. The default is <see langword="false"/>.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets a value indicating whether help leaves it out. The default is <see langword="false"/>.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Gets the default as help shows it, or <see langword="null"/>.</summary>
    public string? Default { get; init; }

    /// <summary>Gets the allowed values, which shells offer; empty, the default, if any value is allowed.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Gets what to do where a choice is wanted that is not allowed; by default to take the first one.</summary>
    internal string? ChoicesRemedy { get; init; }

    /// <summary>Gets a value indicating whether it takes two values, a name and what is named. Only options of every command
    /// may.</summary>
    internal bool IsPair { get; init; }

    /// <summary>Gets the flow's parameter that the option sets, by name on disk; <see langword="null"/> when it is an option of the
    /// command itself.</summary>
    internal string? Parameter { get; init; }

    /// <summary>Gets what makes one text of the values of a parameter that is given several times, or says why that is not possible;
    /// <see langword="null"/> where the last value counts.</summary>
    internal Func<IReadOnlyList<string>, string>? Join { get; init; }

    /// <summary>Gets the commands whose help lists the option although every command accepts it: those on which it acts. Empty for an
    /// option that acts on all, and for options of one command.</summary>
    internal IReadOnlyList<string> ActsOn { get; init; } = [];

    /// <summary>Gets a value indicating whether its value is a name although help calls it a text: a tag, a namespace.</summary>
    internal bool IsName { get; init; }

    /// <summary>Gets a value indicating whether its value is a name or an address, which cannot be empty. A text can.</summary>
    internal bool NamesSomething => IsName || Name is "run-id"
        || (!IsPair && ValueName?.StartsWith("name", StringComparison.Ordinal) is true)
        || ValueName is "decorator" or "address" or "url" or "path" or "place" or "datastore" or "type" or "run" or "run-id" or "step";

    /// <summary>Gets the name as a part of environment variables.</summary>
    internal string EnvironmentName => Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>Gets the letter that is typed behind one dash instead of the name; <see langword="null"/>, the default, for
    /// none.</summary>
    internal char? Letter { get; init; }

    /// <summary>Gets the name as it is typed.</summary>
    internal string Dashed => "--" + Name;

    /// <summary>Gets the letter as it is typed; <see langword="null"/> for none.</summary>
    internal string? DashedLetter => Letter is { } letter ? $"-{letter}" : null;

    /// <summary>Returns true if a text is the option's name or letter.</summary>
    /// <param name="typed">The text with its dashes.</param>
    /// <returns>Whether it is.</returns>
    internal bool IsTypedAs(string typed) => typed == DashedLetter || typed.Replace('_', '-') == Dashed;
}
