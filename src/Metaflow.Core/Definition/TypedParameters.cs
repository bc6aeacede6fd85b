using System.Collections;
using System.Globalization;

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
            return Stranger(given) is { } stranger
                ? $"Invalid value for '{parameter.Name}': '{stranger}' is not {EnumText.Expected(stranger.GetType())}."
                : null;
        }

        if (Converted(given, type) is { } converted)
        {
            value = converted;
            return null;
        }

        try
        {
            value = Rebuilt(given, type, NullMap.Parse(parameter.TypeName));
        }
        catch (FormatException error)
        {
            return $"{Problem(parameter, Named(given)).TrimEnd('.')}: {error.Message}.";
        }

        return value is null ? Problem(parameter, Named(given)) : null;
    }

    // A cast makes values that no member names.
    private static Enum? Stranger(object given) => given switch
    {
        Enum member => EnumText.IsValid(member) ? null : member,
        string => null,
        IDictionary entries => entries.Keys.Cast<object?>().Concat(entries.Values.Cast<object?>()).OfType<Enum>()
            .FirstOrDefault(static member => !EnumText.IsValid(member)),
        IEnumerable items => items.OfType<Enum>().FirstOrDefault(static member => !EnumText.IsValid(member)),
        _ => null,
    };

    // Numbers only, and only where the number stays the same.
    private static object? Converted(object given, Type type)
    {
        if (!IsNumber(given.GetType()) || !IsNumber(type))
        {
            return null;
        }

        var converted = ScalarText.Read(type, ConfigNode.Of(given).Text) ?? Whole(given, type);
        return converted is not null && IsSame(given, converted) ? converted : null;
    }

    // 2.0 is the whole number 2.
    private static object? Whole(object given, Type type) => given switch
    {
        decimal number when number == decimal.Truncate(number) => ScalarText.Read(type, number.ToString("0", CultureInfo.InvariantCulture)),
        double or float or Half =>
            double.Parse(ConfigNode.Of(given).Text, CultureInfo.InvariantCulture) is var number && double.IsInteger(number)
                ? ScalarText.Read(type, new System.Numerics.BigInteger(number).ToString(CultureInfo.InvariantCulture)) : null,
        _ => null,
    };

    // Of a text that is longer than the type's precision another number is read.
    private static bool IsSame(object given, object converted) => (given, converted) switch
    {
        (double wide, float narrow) => wide.Equals((double)narrow),
        (double wide, Half narrow) => wide.Equals((double)narrow),
        (float wide, Half narrow) => wide.Equals((float)narrow),
        (double or float or Half, _) => true,
        (decimal exact, double near) =>
            decimal.TryParse(ScalarText.Write(near), NumberStyles.Float, CultureInfo.InvariantCulture, out var back) && back == exact,
        (decimal exact, float or Half) =>
            decimal.TryParse(ScalarText.Write(converted), NumberStyles.Float, CultureInfo.InvariantCulture, out var back) && back == exact,
        (_, double or float or Half) => double.Parse(ConfigNode.Of(converted).Text, CultureInfo.InvariantCulture) is var number
            && double.IsFinite(number)
            && new System.Numerics.BigInteger(number).ToString(CultureInfo.InvariantCulture) == ScalarText.Write(given),
        _ => true,
    };

    private static bool IsNumber(Type type) => ScalarText.IsInteger(type) || ScalarText.IsReal(type);

    private static object? Rebuilt(object given, Type type, NullMap nulls)
        => type == typeof(string) || ScalarText.Knows(type) ? null : ParameterJson.Read(type, ConfigNode.Of(given), nulls);

    // 1.5 is not a whole number while 2.0 is one: the type alone does not say what is wrong.
    private static string Named(object given)
        => ScalarText.Knows(given.GetType()) ? $"'{ScalarText.Write(given)}' (a '{given.GetType().Name}')" : $"a '{given.GetType().Name}'";

    private static string Problem(ParameterDefinition parameter, string given)
        => $"Invalid value for '{parameter.Name}': {given} is not a value of the type '{parameter.TypeName}'.";
}
