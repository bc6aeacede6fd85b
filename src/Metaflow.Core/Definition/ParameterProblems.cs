using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Definition;

/// <summary>Collects what is wrong with the values given for parameters, to say it all at once.</summary>
/// <param name="isFromCode">Whether a program gives the values, not a command line.</param>
internal sealed class ParameterProblems(bool isFromCode)
{
    private readonly List<ParameterDefinition> _missing = [];
    private readonly List<(string Code, string What, string Why, string Fix)> _problems = [];

    public void AddMissing(ParameterDefinition parameter) => _missing.Add(parameter);

    /// <summary>Adds a value that its environment variable gives.</summary>
    public void AddInvalidVariable(ParameterDefinition parameter, string problem) => _problems.Add((
        ErrorCodes.InvalidValue,
        problem.Replace(
            $"'{parameter.OptionName}'", $"the environment variable '{parameter.EnvironmentVariable}'", StringComparison.Ordinal),
        $"The parameter '{parameter.Name}' is of type '{parameter.TypeName}'.",
        $"Set the variable to another value, or unset it. See 'run --help' for what '{parameter.OptionName}' accepts."));

    public void AddInvalid(ParameterDefinition parameter, string problem) => _problems.Add((
        ErrorCodes.InvalidValue,
        isFromCode ? problem.Replace($"'{parameter.OptionName}'", $"'{parameter.Name}'", StringComparison.Ordinal) : problem,
        $"The parameter '{parameter.Name}' is of type '{parameter.TypeName}'.",
        isFromCode
            ? $"Give a value of the type '{parameter.TypeName}': 'Parameters = new {{ {parameter.Name} = … }}'."
            : $"See 'run --help' for what '{parameter.OptionName}' accepts."));

    public void AddMissingFile(ParameterDefinition parameter, string text, string path)
    {
        var (what, why, fix) = text switch
        {
            _ when string.IsNullOrWhiteSpace(text) => ("the value is empty", "It is not the name of a file.", "Give the path of a file."),
            _ when MistakenAddress.MeantBy(text) is { } meant =>
                ($"could not open '{text}'", "It is almost an address of an object in a cloud.",
                    $"Did you mean '{meant}'? If there is such a file, write './' before its name."),
            _ when text.Contains("://", StringComparison.Ordinal) =>
                ($"could not open '{text}'", "The program has no store for such addresses.",
                    "Give the path of a file, or reference the package of the store, such as Metaflow.Aws for 's3://bucket/key'."),
            _ when Directory.Exists(path) => ($"could not open file '{path}'", "It is a folder.", "Give the path of a file in it."),
            _ =>
                ($"could not open file '{path}'", "There is no such file.",
                    "Check the path; a relative path is relative to the folder in which you run the command."),
        };
        _problems.Add((ErrorCodes.IncludeFileNotFound, $"Invalid value for '{parameter.OptionName}': {what}.", why, fix));
    }

    /// <summary>Throws one exception for all problems.</summary>
    /// <exception cref="ConfigurationException">MF2003, MF2004 or MF2008.</exception>
    public void ThrowIfAny()
    {
        if (_missing.Count > 0)
        {
            _problems.Insert(0, Missing());
        }

        if (_problems.Count > 0)
        {
            var first = _problems[0];
            var alsoWhat = string.Concat(_problems.Skip(1).Select(static problem => " " + problem.What));
            throw new ConfigurationException(first.Code, first.What + alsoWhat, first.Why, first.Fix) { ExitCode = ExitCodes.Usage };
        }
    }

    private (string Code, string What, string Why, string Fix) Missing()
    {
        if (isFromCode)
        {
            return MissingInCode();
        }

        var options = string.Join(", ", _missing.Select(static parameter => $"'{parameter.OptionName}'"));
        var example = _missing[0];
        return (
            ErrorCodes.MissingParameter,
            _missing.Count == 1 ? $"Missing option {options}." : $"Missing options {options}.",
            _missing.Count == 1 ? "The parameter is required and has no default." : "The parameters are required and have no defaults.",
            $"Give '{example.OptionName} VALUE', or set the environment variable '{example.EnvironmentVariable}'.");
    }

    private (string Code, string What, string Why, string Fix) MissingInCode()
    {
        var names = string.Join(", ", _missing.Select(static parameter => $"'{parameter.Name}'"));
        var assignments = string.Join(", ", _missing.Select(static parameter => $"{parameter.Name} = …"));
        return (
            ErrorCodes.MissingParameter,
            _missing.Count == 1 ? $"Missing parameter {names}." : $"Missing parameters {names}.",
            _missing.Count == 1 ? "The parameter is required and has no default." : "The parameters are required and have no defaults.",
            $"Give 'Parameters = new {{ {assignments} }}'.");
    }
}
