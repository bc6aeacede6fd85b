using System.Globalization;
using System.Text.Json;

namespace Metaflow.Definition;

/// <summary>Fits values that a program gives for parameters to the parameters' types.</summary>
internal static class TypedParameters
{
    /// <summary>Fits a value, or says why that is not possible.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="given">A value of its type, one that converts to it without loss, or an object with the same members.</param>
    /// <param name="value">The value of the parameter's type.</param>
    /// <returns><see langword="null"/> when it fits; else what is wrong, a sentence.</returns>
    public static string? TryFit(ParameterDefinition parameter, object? given, out object? value)
    {
        value = given;
        if (given is null)
        {
            return ParameterText.AllowsNull(parameter) ? null : Problem(parameter, "null");
        }

        var type = Nullable.GetUnderlyingType(parameter.ValueType) ?? parameter.ValueType;
        if (type.IsInstanceOfType(given))
        {
            return null;
        }

        value = Converted(given, type) ?? Rebuilt(given, type);
        return value is null ? Problem(parameter, $"a '{given.GetType().Name}'") : null;
    }

    // Numbers only, and only where the number stays the same.
    private static object? Converted(object given, Type type)
    {
        if (type.IsEnum || !IsNumber(given) || Type.GetTypeCode(type) is < TypeCode.SByte or > TypeCode.Decimal)
        {
            return null;
        }

        try
        {
            var converted = Convert.ChangeType(given, type, CultureInfo.InvariantCulture);
            return Convert.ChangeType(converted, given.GetType(), CultureInfo.InvariantCulture).Equals(given) ? converted : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static bool IsNumber(object given) => Type.GetTypeCode(given.GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal;

    private static object? Rebuilt(object given, Type type)
    {
        if (type.IsPrimitive || type == typeof(string))
        {
            return null;
        }

        try
        {
            return ParameterJson.Rebuild(type, given);
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            return null;
        }
    }

    private static string Problem(ParameterDefinition parameter, string given)
        => $"Invalid value for '{parameter.Name}': {given} is no value of the type '{parameter.TypeName}'.";
}
