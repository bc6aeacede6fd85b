using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Cli.Parsing;

/// <summary>Understands a command line, by System.CommandLine. Options may stand in any order, those of every command also before the
/// command.</summary>
/// <remarks>It is parsed twice: first to find the command, then with that command alone, because the other eight would be built in
/// vain.</remarks>
internal sealed class CommandLineParser(
    IReadOnlyList<OptionSpecification> commonOptions, IReadOnlyList<string> commandNames, Func<string, CommandSpecification?> findCommand)
{
    /// <summary>Gets the command that is meant when none is named.</summary>
    public required string DefaultCommand { get; init; }

    /// <summary>Gets the command as far as it is known, also when what follows it is wrong.</summary>
    public CommandSpecification? Command { get; private set; }

    /// <summary>Parses.</summary>
    /// <param name="tokens">The program's arguments.</param>
    /// <param name="environment">The environment's variables, which set options that the command line does not.</param>
    /// <returns>The command and its values.</returns>
    /// <exception cref="ConfigurationException">MF2001, MF2002, MF2004, MF2005 or MF2006: the command line is wrong.</exception>
    public ParsedCommandLine Parse(IReadOnlyList<string> tokens, IReadOnlyDictionary<string, string> environment)
    {
        // Some shells and `dotnet run` pass on the dashes that separate its options from the program's.
        var reading = Read(PairedTokens.Join(tokens is ["--", ..] ? [.. tokens.Skip(1)] : tokens, commonOptions));
        var command = Command ?? findCommand(DefaultCommand)!;
        var arguments = Command is null ? [] : ArgumentsOf(command, reading);
        var values = new OptionValues();
        values.Take(reading);
        values.Take(environment, command, commonOptions);
        values.CheckChoices(command.Options.Concat(commonOptions));
        return new ParsedCommandLine(command, values.ByOption)
        {
            CommandWasNamed = Command is not null,
            WantsHelp = reading.WantsHelp,
            WantsVersion = reading.WantsVersion,
            Arguments = arguments,
            Parameters = values.Parameters,
        };
    }

    private CommandLineReading Read(IReadOnlyList<string> tokens)
    {
        var reading = new CommandLineSyntax(commonOptions, null).Parse(tokens);
        if (reading.Arguments is not [var name, ..])
        {
            reading.CheckOptions();
            return reading;
        }

        if (reading.UnknownOption() is { } early && name.Split('=')[0] == early)
        {
            throw OptionBeforeCommand(early);
        }

        Command = findCommand(name);
        if (Command is null)
        {
            reading.CheckOptions();
            throw UsageErrors.UnknownCommand(name, commandNames);
        }

        if (Command.Subcommands.Count > 0 && reading.Arguments is [_, var next, ..])
        {
            Command = Subcommand(Command, next);
        }

        reading = new CommandLineSyntax(commonOptions, Command).Parse(tokens);
        if (reading.UnknownOption() is { } unknown)
        {
            var options = Command.Options.Concat(commonOptions).Where(static option => !option.IsHidden);
            throw UsageErrors.UnknownOption(unknown, [CommandLineSyntax.Help, .. options.Select(static option => option.Dashed)]);
        }

        reading.CheckOptions();
        return reading;
    }

    private static CommandSpecification Subcommand(CommandSpecification group, string word)
    {
        var name = $"{group.Name} {word}";
        var names = group.Subcommands.Select(static command => command.Name).ToList();
        if (group.Subcommands.FirstOrDefault(command => command.Name == name) is { } found)
        {
            return found;
        }

        var isOption = word.StartsWith('-') || word == group.IgnoredWord;
        return isOption || (!group.IsGroup && ClosestName.Find(name, names) is null)
            ? group
            : throw UsageErrors.UnknownCommand(name, names);
    }

    private ConfigurationException OptionBeforeCommand(string typed)
    {
        var commands = commandNames.Select(name => findCommand(name)!).SelectMany(static command => command.Subcommands.Prepend(command));
        var owner = commands.FirstOrDefault(command => command.Options.Any(option => option.IsTypedAs(typed)))?.Name;
        var hint = owner is null ? null : $"It is an option of '{owner}'; write it after the command: '{owner} {typed} …'.";
        string[] known = [CommandLineSyntax.Help, CommandLineSyntax.Version, .. commonOptions.Select(static option => option.Dashed)];
        return UsageErrors.UnknownOption(typed, known, hint);
    }

    private static string[] ArgumentsOf(CommandSpecification command, CommandLineReading reading)
    {
        var ignored = reading.Arguments is [var word, ..] && word == command.IgnoredWord ? 1 : 0;
        string[] arguments = [.. reading.Arguments.Skip(ignored)];
        if (arguments.Length > command.Arguments.Count && !command.LastArgumentRepeats)
        {
            throw UsageErrors.UnexpectedArgument(command.Name, arguments[command.Arguments.Count]);
        }

        return arguments.Length >= command.RequiredArguments || reading.WantsHelp
            ? arguments
            : throw UsageErrors.MissingArgument(
                command.Arguments[arguments.Length], $"Write it after '{command.Name}'; '{command.Name} --help' shows examples.");
    }
}
