using Metaflow.Errors;

namespace Metaflow.Cli.Parsing;

/// <summary>Understands a command line. Options may stand in any order, those of every command also before the command.</summary>
/// <remarks>It is our own because a parser library costs 20 ms at the start of every command, and because errors, help, the environment's
/// forms and parameters' values are ours in any case.</remarks>
internal sealed class CommandLineParser(
    IReadOnlyList<OptionSpecification> commonOptions, IReadOnlyList<string> commandNames, Func<string, CommandSpecification?> findCommand)
{
    private const string DefaultCommand = "check";
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _parameters = new(StringComparer.Ordinal);
    private readonly List<string> _arguments = [];
    private bool _wantsHelp;
    private bool _wantsVersion;

    /// <summary>Gets the command as far as it is known, also when what follows it is wrong.</summary>
    public CommandSpecification? Command { get; private set; }

    /// <summary>Parses.</summary>
    /// <param name="tokens">The program's arguments.</param>
    /// <param name="environment">The environment's variables, which set options that the command line does not.</param>
    /// <returns>The command and its values.</returns>
    /// <exception cref="ConfigurationException">MF2001, MF2002, MF2004, MF2005 or MF2006: the command line is wrong.</exception>
    public ParsedCommandLine Parse(IReadOnlyList<string> tokens, IReadOnlyDictionary<string, string> environment)
    {
        var onlyArguments = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (onlyArguments || token is not ['-', _, ..])
            {
                TakeArgument(token);
            }
            else if (token == "--")
            {
                // Some shells and `dotnet run` pass the dashes on that part its options from ours.
                onlyArguments = i > 0;
            }
            else
            {
                i += TakeOption(token, i + 1 < tokens.Count ? tokens[i + 1] : null);
            }
        }

        var command = Command ?? findCommand(DefaultCommand)!;
        CheckArguments(command);
        TakeEnvironment(command, environment);
        CheckChoices(command);
        return new ParsedCommandLine(command, _values.ToDictionary(static pair => pair.Key, static pair => (IReadOnlyList<string>)pair.Value))
        {
            CommandWasNamed = Command is not null,
            WantsHelp = _wantsHelp,
            WantsVersion = _wantsVersion,
            Arguments = _arguments,
            Parameters = _parameters,
        };
    }

    private void TakeArgument(string token)
    {
        if (Command is null)
        {
            Command = findCommand(token) ?? throw UsageErrors.UnknownCommand(token, commandNames);
        }
        else if (_arguments.Count > 0 || token != Command.IgnoredWord)
        {
            _arguments.Add(token);
        }
    }

    // Returns how many tokens after the option belong to it.
    private int TakeOption(string token, string? next)
    {
        if (token is "--help" or "-h")
        {
            _wantsHelp = true;
            return 0;
        }

        if (token == "--version" && Command is null)
        {
            _wantsVersion = true;
            return 0;
        }

        var equals = token.IndexOf('=', StringComparison.Ordinal);
        var typed = equals < 0 ? token : token[..equals];
        var value = equals < 0 ? null : token[(equals + 1)..];
        var option = Find(typed) ?? throw Unknown(typed);
        if (option.ValueName is null)
        {
            SetFlag(option, typed, value);
            return 0;
        }

        if (value is null && (next is null || IsOption(next)))
        {
            throw UsageErrors.OptionWithoutValue(typed, next);
        }

        SetValue(option, value ?? next!);
        return value is null ? 1 : 0;
    }

    private bool IsOption(string token) => token is "--help" || (token.StartsWith("--", StringComparison.Ordinal) && Find(token) is not null);

    private OptionSpecification? Find(string typed)
    {
        if (!typed.StartsWith("--", StringComparison.Ordinal))
        {
            return null;
        }

        var name = typed[2..].Replace('_', '-');
        return Known().FirstOrDefault(option => option.Name == name || option.Opposite == name);
    }

    private IEnumerable<OptionSpecification> Known() => Command is null ? commonOptions : Command.Options.Concat(commonOptions);

    private ConfigurationException Unknown(string typed)
    {
        if (Command is null)
        {
            var owner = commandNames.FirstOrDefault(name => findCommand(name)!.Options.Any(option => option.Dashed == typed.Replace('_', '-')));
            var hint = owner is null ? null : $"It is an option of '{owner}'; write it after the command: '{owner} {typed} …'.";
            return UsageErrors.UnknownOption(typed, Known().Select(static option => option.Dashed), hint);
        }

        return UsageErrors.UnknownOption(typed, Known().Where(static option => !option.IsHidden).Select(static option => option.Dashed));
    }

    private void SetFlag(OptionSpecification option, string typed, string? value)
    {
        var isOpposite = option.Opposite == typed[2..].Replace('_', '-');
        var isSet = value is null || (ReadBoolean(value) ?? throw UsageErrors.FlagWithValue(typed, value));
        _values[option.Name] = [isSet != isOpposite ? bool.TrueString : bool.FalseString];
    }

    private void SetValue(OptionSpecification option, string value)
    {
        if (option.Parameter is { } parameter)
        {
            _parameters[parameter] = value;
        }
        else if (option.IsRepeatable && _values.TryGetValue(option.Name, out var values))
        {
            values.Add(value);
        }
        else
        {
            _values[option.Name] = [value];
        }
    }

    private void CheckArguments(CommandSpecification command)
    {
        if (_arguments.Count > command.Arguments.Count)
        {
            throw UsageErrors.UnexpectedArgument(command.Name, _arguments[command.Arguments.Count]);
        }

        if (_arguments.Count < command.RequiredArguments && !_wantsHelp)
        {
            var missing = command.Arguments[_arguments.Count];
            throw UsageErrors.MissingArgument(missing, $"Write it after '{command.Name}'; '{command.Name} --help' shows examples.");
        }
    }

    private void TakeEnvironment(CommandSpecification command, IReadOnlyDictionary<string, string> environment)
    {
        var prefix = "METAFLOW_" + command.Name.ToUpperInvariant().Replace('-', '_') + "_";
        foreach (var option in command.Options)
        {
            TakeVariable(option, prefix + option.EnvironmentName, environment);
        }

        // A parameter of the same name hides an option of every command, here as behind the command's name.
        foreach (var option in commonOptions.Where(common => !command.Options.Any(option => option.Name == common.Name)))
        {
            TakeVariable(option, prefix + option.EnvironmentName, environment);
            TakeVariable(option, "METAFLOW_" + option.EnvironmentName, environment);
        }
    }

    private void TakeVariable(OptionSpecification option, string variable, IReadOnlyDictionary<string, string> environment)
    {
        // The environment's forms of parameters are read with their defaults, by whoever resolves them.
        if (option.Parameter is not null || _values.ContainsKey(option.Name) || !environment.TryGetValue(variable, out var value) || value.Length == 0)
        {
            return;
        }

        _values[option.Name] = option switch
        {
            { ValueName: null } => [(ReadBoolean(value) ?? throw UsageErrors.FlagWithValue(variable, value)).ToString()],
            { IsRepeatable: true } => [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            _ => [value],
        };
    }

    private void CheckChoices(CommandSpecification command)
    {
        foreach (var option in command.Options.Concat(commonOptions).Where(static option => option.Choices.Count > 0))
        {
            if (_values.TryGetValue(option.Name, out var values) && values.Find(value => !option.Choices.Contains(value)) is { } wrong)
            {
                var choices = string.Join(", ", option.Choices.Select(static choice => $"'{choice}'"));
                throw UsageErrors.InvalidValue(option.Name, $"invalid choice: {wrong}. (choose from {choices})", $"Write '{option.Dashed} {option.Choices[0]}'.");
            }
        }
    }

    private static bool? ReadBoolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => true,
        "FALSE" or "0" or "NO" or "OFF" => false,
        _ => null,
    };
}
