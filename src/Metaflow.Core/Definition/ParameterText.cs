using System.Globalization;
using System.Text.Json;
using System.Xml;
using Metaflow.Errors;

namespace Metaflow.Definition;

/// <summary>Reads the values of parameters from the text of a command line or an environment variable. The culture is always the invariant one.</summary>
public static class ParameterText
{
    /// <summary>Reads a value.</summary>
    /// <param name="parameter">The parameter, which says the type.</param>
    /// <param name="text">The text.</param>
    /// <returns>A value of the parameter's type; <see langword="null"/> only for the JSON text <c>null</c>, where the type allows it.</returns>
    /// <exception cref="ConfigurationException">MF2004: the text is no value of the type. The exit code is 2.</exception>
    public static object? Read(ParameterDefinition parameter, string text)
    {
        var problem = TryRead(parameter, text, out var value);
        return problem is null ? value : throw new ConfigurationException(
            ErrorCodes.InvalidValue,
            problem,
            $"The parameter '{parameter.Name}' is of type '{parameter.TypeName}'.",
            $"See 'run --help' for what '{parameter.OptionName}' takes.")
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
        value = parameter.Separator is { Length: > 0 } separator ? ReadList(text, separator, type) : ReadAs(type, text.Trim(), text);
        if (value is null && !AllowsNull(parameter))
        {
            value = new Unreadable($"a value of the type '{parameter.TypeName}'");
        }

        return value is Unreadable unreadable ? $"Invalid value for '{parameter.OptionName}': '{text}' is not {unreadable.Expected}." : null;
    }

    // Of a reference type only the author's text says whether it may be null.
    internal static bool AllowsNull(ParameterDefinition parameter)
        => Nullable.GetUnderlyingType(parameter.ValueType) is not null || parameter.TypeName.EndsWith('?');

    private static object? ReadAs(Type type, string trimmed, string text)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (type.IsEnum)
        {
            return ReadEnum(type, trimmed);
        }

        return ReadScalar(type, trimmed) ?? ReadTime(type, trimmed) ?? ReadJson(type, text);
    }

    private static object? ReadScalar(Type type, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            _ when type == typeof(bool) => ReadBoolean(text),
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.Integer, culture, out var number) ? number : new Unreadable("a valid integer"),
            _ when type == typeof(long) => long.TryParse(text, NumberStyles.Integer, culture, out var number) ? number : new Unreadable("a valid integer"),
            _ when type == typeof(double) => ReadDouble(text),
            _ when type == typeof(decimal) =>
                decimal.TryParse(text, NumberStyles.Number ^ NumberStyles.AllowThousands, culture, out var number) ? number : new Unreadable("a valid number"),
            _ when type == typeof(Guid) => Guid.TryParse(text, out var id) ? id : new Unreadable("a valid GUID"),
            _ => null,
        };
    }

    private static object ReadBoolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "Y" or "T" or "ON" => true,
        "FALSE" or "0" or "NO" or "N" or "F" or "OFF" => false,
        _ => new Unreadable("a valid boolean (true or false)"),
    };

    private static object ReadDouble(string text) => text.ToUpperInvariant() switch
    {
        "INF" or "+INF" => double.PositiveInfinity,
        "-INF" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : new Unreadable("a valid number"),
    };

    // Numbers are refused: they would make values that no member names.
    private static object ReadEnum(Type type, string text)
        => !int.TryParse(text, CultureInfo.InvariantCulture, out _) && Enum.TryParse(type, text.Replace("-", "", StringComparison.Ordinal)
            .Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var value)
            ? value!
            : new Unreadable("one of " + string.Join(", ", Enum.GetNames(type).Select(static name => $"'{name}'")));

    private static object? ReadTime(Type type, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            _ when type == typeof(DateTime) => DateTime.TryParse(text, culture, DateTimeStyles.RoundtripKind, out var time)
                ? time : new Unreadable("a valid time (such as 2026-01-31T12:00:00)"),
            _ when type == typeof(DateTimeOffset) => DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out var time)
                ? time : new Unreadable("a valid time (such as 2026-01-31T12:00:00+01:00)"),
            _ when type == typeof(DateOnly) => HasTimeOfDay(text) || !DateOnly.TryParse(text, culture, out var date)
                ? new Unreadable("a valid date (such as 2026-01-31)") : date,
            _ when type == typeof(TimeOnly) => HasDate(text) || !TimeOnly.TryParse(text, culture, out var time)
                ? new Unreadable("a valid time of day (such as 12:30)") : time,
            _ when type == typeof(TimeSpan) => ReadTimeSpan(text),
            _ => null,
        };
    }

    // Dates and times of day are read from full times too, and what does not fit is dropped silently.
    private static bool HasTimeOfDay(string text)
        => text.Contains(':', StringComparison.Ordinal)
            || (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) && time.TimeOfDay > TimeSpan.Zero);

    private static bool HasDate(string text) => text.AsSpan().ContainsAny('-', '/');

    private static object ReadTimeSpan(string text)
    {
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var span))
        {
            return span;
        }

        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return new Unreadable("a valid duration (such as 01:30:00 or PT1H30M)");
        }
    }

    private static object? ReadJson(Type type, string text)
    {
        try
        {
            return ParameterJson.Read(type, text);
        }
        catch (FormatException exception)
        {
            return new Unreadable("complete: " + exception.Message);
        }
        catch (JsonException exception)
        {
            // The path begins with '$', the value as a whole.
            return new Unreadable(exception.Path is ['$', .. { Length: > 0 } member]
                ? $"a valid JSON object: the value of '{member.TrimStart('.')}' is of another type"
                : "a valid JSON object");
        }
    }

    private static object? ReadList(string text, string separator, Type type)
    {
        var items = text.Length == 0 ? [] : text.Split(separator);
        try
        {
            return ParameterJson.FromTexts(type, items);
        }
        catch (JsonException)
        {
            return new Unreadable($"a list separated by '{separator}'");
        }
    }

    private sealed record Unreadable(string Expected);
}
