using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Definition;

/// <summary>Reads the values of parameters from the text of a command line or an environment variable. The culture is always the
/// invariant one.</summary>
internal static class ParameterText
{
    private const int MaxShown = 200;

    /// <summary>Reads a value.</summary>
    /// <param name="parameter">The parameter, which says the type.</param>
    /// <param name="text">The text.</param>
    /// <returns>A value of the parameter's type; <see langword="null"/> only for the JSON text <c>null</c>, where the type allows
    /// it.</returns>
    /// <exception cref="ConfigurationException">MF2004: the text is not a value of the type. The exit code is 2.</exception>
    public static object? Read(ParameterDefinition parameter, string text)
    {
        var problem = TryRead(parameter, text, out var value);
        return problem is null ? value : throw new ConfigurationException(
            ErrorCodes.InvalidValue,
            problem,
            $"The parameter '{parameter.Name}' is of type '{parameter.TypeName}'.",
            $"See 'run --help' for what '{parameter.OptionName}' accepts.")
        { ExitCode = ExitCodes.Usage };
    }

    /// <summary>Reads a value, or says why that is not possible.</summary>
    /// <param name="parameter">The parameter, which says the type.</param>
    /// <param name="text">The text.</param>
    /// <param name="value">The value.</param>
    /// <returns><see langword="null"/> when it was read; else what is wrong, a sentence.</returns>
    internal static string? TryRead(ParameterDefinition parameter, string text, out object? value)
    {
        var type = Nullable.GetUnderlyingType(parameter.ValueType) ?? parameter.ValueType;
        var nulls = NullMap.Parse(parameter.TypeName);
        value = parameter.Separator is { Length: > 0 } separator
            ? ReadList(text, separator, parameter, nulls)
            : ReadAs(type, parameter.TypeName, text, nulls);
        if (value is null && !AllowsNull(parameter))
        {
            value = new Unreadable($"a value of the type '{parameter.TypeName}'");
        }

        return value is Unreadable unreadable
            ? $"Invalid value for '{parameter.OptionName}': '{VisibleText.Beginning(text, MaxShown)}' is not "
                + $"{unreadable.Expected}." : null;
    }

    // Of a reference type only the author's text says whether it may be null.
    internal static bool AllowsNull(ParameterDefinition parameter)
        => Nullable.GetUnderlyingType(parameter.ValueType) is not null || parameter.TypeName.EndsWith('?');

    private static object? ReadAs(Type type, string typeName, string text, NullMap nulls) => type switch
    {
        _ when type == typeof(string) => text,
        _ when ScalarText.Knows(type) => ScalarText.Read(type, text) ?? new Unreadable(ScalarText.ExpectedFor(type, text)),
        _ when text.Length == 0 =>
            new Unreadable(
                $"a valid '{typeName.TrimEnd('?')}': it is empty; "
                    + $"write {(ParameterJson.IsList(type) ? "an empty list as []" : "JSON, for example {}")}"),
        _ => Tried(typeName, () => ParameterJson.Read(type, text, nulls), HowToWrite(type, text)),
    };

    private static object? ReadList(string text, string separator, ParameterDefinition parameter, NullMap nulls)
        => Tried(
            parameter.TypeName, () => ParameterJson.FromTexts(parameter.ValueType, text.Length == 0 ? [] : text.Split(separator), nulls));

    /// <summary>Says how to write a value that needs JSON, if the text is not JSON.</summary>
    private static string HowToWrite(Type type, string text)
        => text.TrimStart() is ['[' or '{' or '"', ..] || text.Trim() == "null" || ParameterJson.WordOfList(type) is not null ? ""
            : ParameterJson.IsList(type) ? "; write JSON, for example [{\"key\": 1}]"
            : "; write JSON, for example {\"key\": 1}";

    private static object? Tried(string typeName, Func<object?> read, string howToWrite = "")
    {
        try
        {
            return read();
        }
        catch (FormatException problem)
        {
            return new Unreadable($"a valid '{typeName.TrimEnd('?')}': {problem.Message.TrimEnd('.')}{howToWrite}");
        }
    }

    private sealed record Unreadable(string Expected);
}
