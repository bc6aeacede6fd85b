using Metaflow.Cli.Parsing;
using Metaflow.Commands;

namespace Metaflow.Cli.Completion;

/// <summary>Finds the words that may follow what was typed.</summary>
/// <param name="commonOptions">The options of every command.</param>
/// <param name="commandNames">The commands, without sub-commands.</param>
/// <param name="findCommand">Finds a command.</param>
/// <param name="valuesOf">Returns values by what they are of: the name of an option, or of an argument as help writes it; and what was
/// typed of the value.</param>
internal sealed class Completer(
    IReadOnlyList<OptionSpecification> commonOptions,
    IReadOnlyList<string> commandNames,
    Func<string, CommandSpecification?> findCommand,
    Func<string, string, IEnumerable<Candidate>> valuesOf)
{
    /// <summary>Returns the words that may stand in the last place.</summary>
    /// <param name="words">What was typed behind the program's name; the last is the beginning of the word wanted, and may be
    /// empty.</param>
    public IReadOnlyList<Candidate> Complete(IReadOnlyList<string> words)
    {
        var typed = words.Count == 0 ? "" : words[^1];
        var state = Read(words);
        var candidates = state switch
        {
            { Option: { } option } => ValuesOf(option, typed),
            _ when typed.StartsWith("--", StringComparison.Ordinal) && typed.Contains('=', StringComparison.Ordinal) =>
                JoinedValues(state, typed),
            _ when typed.StartsWith('-') => Options(state),
            _ => Words(state, typed),
        };
        return
        [
            .. candidates.Where(candidate => candidate.Text.StartsWith(typed, StringComparison.Ordinal))
                .DistinctBy(static candidate => candidate.Text),
        ];
    }

    // What the words before the last one say: the command, how many arguments it has, and the option whose value comes next.
    private State Read(IReadOnlyList<string> words)
    {
        var state = new State(null, 0, null);
        foreach (var word in words.Take(Math.Max(0, words.Count - 1)))
        {
            state = state switch
            {
                { Option: not null } => state with { Option = null },
                _ when word.StartsWith('-') =>
                    state with { Option = word.Contains('=', StringComparison.Ordinal) ? null : Find(state, word) },
                { Command: null } => state with { Command = findCommand(word) },
                { Command: { } command, Arguments: 0 } when Subcommand(command, word) is { } subcommand =>
                    state with { Command = subcommand },
                _ => state with { Arguments = state.Arguments + 1 },
            };
        }

        return state;
    }

    private static CommandSpecification? Subcommand(CommandSpecification command, string word)
        => command.Subcommands.FirstOrDefault(subcommand => subcommand.Name == $"{command.Name} {word}");

    private IEnumerable<OptionSpecification> All(State state) => (state.Command?.Options ?? []).Concat(commonOptions);

    private OptionSpecification? Find(State state, string word)
        => All(state).FirstOrDefault(option => option.ValueName is not null && option.IsTypedAs(word));

    private IEnumerable<Candidate> ValuesOf(OptionSpecification option, string typed)
    {
        // Help writes the values of flags and enumerations with strokes between them.
        var choices = option.Choices.Count > 0 ? option.Choices
            : option.ValueName is { } name && name.Contains('|', StringComparison.Ordinal) ? name.Split('|')
            : [];
        return choices.Count > 0 ? choices.Select(static choice => new Candidate(choice)) : valuesOf(option.Dashed, typed);
    }

    private IEnumerable<Candidate> JoinedValues(State state, string typed)
    {
        var end = typed.IndexOf('=', StringComparison.Ordinal) + 1;
        return Find(state, typed[..(end - 1)]) is { } option
            ? ValuesOf(option, typed[end..]).Select(candidate => candidate with { Text = typed[..end] + candidate.Text })
            : [];
    }

    private IEnumerable<Candidate> Options(State state)
        => All(state).Where(static option => !option.IsHidden)
            .SelectMany(static option => new[] { new Candidate(option.Dashed, option.Description) }
                .Concat(option.Opposite is { } opposite ? [new Candidate("--" + opposite, $"The opposite of '{option.Dashed}'.")] : []))
            .Append(new Candidate("--help", "Show help."));

    private IEnumerable<Candidate> Words(State state, string typed)
    {
        if (state.Command is not { } command)
        {
            return commandNames.Select(name => new Candidate(name, findCommand(name)?.Summary ?? ""));
        }

        var subcommands = state.Arguments > 0 ? []
            : command.Subcommands.Select(subcommand => new Candidate(subcommand.Name[(command.Name.Length + 1)..], subcommand.Summary));
        var index = command.LastArgumentRepeats ? Math.Min(state.Arguments, command.Arguments.Count - 1) : state.Arguments;
        return index < command.Arguments.Count ? subcommands.Concat(valuesOf(command.Arguments[index], typed)) : subcommands;
    }

    private sealed record State(CommandSpecification? Command, int Arguments, OptionSpecification? Option);
}
