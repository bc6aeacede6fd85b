using System.Collections;
using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Definition;

/// <summary>Turns the default that an attribute can hold into a value of the parameter's type.</summary>
internal static class ParameterDefault
{
    /// <summary>Converts a default.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="value">The default: a value of the type, a constant that converts to it, or text.</param>
    /// <returns>A value of the parameter's type.</returns>
    /// <exception cref="ConfigurationException">MF2010: the default is not a value of the type.</exception>
    public static object? Convert(ParameterDefinition parameter, object value)
    {
        if (value is string text && (parameter.ValueType != typeof(string) || parameter.Separator is not null))
        {
            return ParameterText.TryRead(parameter, text, out var read) is { } problem ? throw Wrong(parameter, problem) : read;
        }

        if (parameter.ValueType.IsInstanceOfType(value))
        {
            return value;
        }

        try
        {
            return Changed(parameter, value);
        }
        catch (Exception exception) when (exception is InvalidCastException or FormatException or OverflowException)
        {
            throw Wrong(parameter, $"The default is a '{value.GetType().Name}'.");
        }
    }

    private static object? Changed(ParameterDefinition parameter, object value)
    {
        var type = Nullable.GetUnderlyingType(parameter.ValueType) ?? parameter.ValueType;
        if (ScalarText.Knows(type))
        {
            var text = value is bool or char or string ? null : ScalarText.Write(value);
            return (text is null ? null : ScalarText.Read(type, text)) ?? throw new InvalidCastException();
        }

        return value is IEnumerable and not string
            ? ParameterJson.Read(type, ConfigNode.Of(value), NullMap.Unknown)
            : System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
    }

    private static ConfigurationException Wrong(ParameterDefinition parameter, string why) => new(
        ErrorCodes.InvalidDefault,
        $"The default of parameter '{parameter.Name}' is not of type '{parameter.TypeName}'.",
        why,
        "Correct 'Default' of the attribute. Use a constant of the type, or the text that the command line accepts.");
}
