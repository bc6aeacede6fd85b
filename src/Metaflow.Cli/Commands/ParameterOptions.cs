using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Definition;

namespace Metaflow.Cli.Commands;

/// <summary>Makes options of a flow's parameters.</summary>
internal static class ParameterOptions
{
    private const int LongestEnum = 40;

    /// <summary>Returns the options, sorted by name.</summary>
    public static IEnumerable<OptionSpecification> Of(FlowDefinition definition)
        => definition.Parameters.OrderBy(static parameter => parameter.Name, StringComparer.OrdinalIgnoreCase).Select(static parameter => new OptionSpecification
        {
            Name = parameter.OptionName[2..],
            Description = parameter.Help,
            ValueName = ValueName(parameter),
            Default = DefaultText(parameter),
            IsRequired = parameter is { IsRequired: true, HasDefault: false },
            Parameter = parameter.Name,
        });

    /// <summary>Returns an option with a value that fits, for examples.</summary>
    public static string Example(ParameterDefinition parameter)
    {
        var value = DefaultText(parameter);
        return $"{parameter.OptionName} {(value is { Length: > 0 } && !value.Contains(' ', StringComparison.Ordinal) && value[0] != '<' ? value : "VALUE")}";
    }

    private static string ValueName(ParameterDefinition parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ValueType) ?? parameter.ValueType;
        return type switch
        {
            _ when parameter.IncludeFile is not null => "path",
            _ when parameter.Separator is { Length: > 0 } separator => $"text{separator}text…",
            _ when type.IsEnum => string.Join('|', Enum.GetNames(type)) is { Length: <= LongestEnum } names ? names : type.Name,
            _ when type == typeof(bool) => "true|false",
            _ when type == typeof(int) || type == typeof(long) => "integer",
            _ when type == typeof(double) || type == typeof(decimal) => "number",
            _ when type == typeof(string) => "text",
            _ when type == typeof(DateOnly) => "date",
            _ when type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(TimeOnly) => "time",
            _ when type == typeof(TimeSpan) => "duration",
            _ when type == typeof(Guid) => "guid",
            _ => "json",
        };
    }

    // A computed default is not computed for help: it may take long, or fail.
    private static string? DefaultText(ParameterDefinition parameter) => parameter switch
    {
        { ComputeDefault: not null } => "<computed>",
        { HasDefault: false } or { Default: null } => null,
        { Default: bool flag } => flag ? "true" : "false",
        { Default: string or not System.Collections.IEnumerable } => Convert.ToString(parameter.Default, CultureInfo.InvariantCulture),
        { Default: System.Collections.IEnumerable items } => string.Join(
            parameter.Separator ?? ", ", items.Cast<object?>().Select(static item => Convert.ToString(item, CultureInfo.InvariantCulture))),
        _ => null,
    };
}
