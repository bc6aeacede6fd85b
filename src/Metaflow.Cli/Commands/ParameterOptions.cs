using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Definition;

namespace Metaflow.Cli.Commands;

/// <summary>Makes options of a flow's parameters.</summary>
internal static class ParameterOptions
{
    /// <summary>Returns the options, sorted by name.</summary>
    public static IEnumerable<OptionSpecification> Of(FlowDefinition definition)
        => definition.Parameters.OrderBy(static parameter => parameter.Name, StringComparer.OrdinalIgnoreCase)
            .Select(static parameter => new OptionSpecification
            {
                Name = parameter.OptionName[2..],
                Description = parameter.Help,
                ValueName = ParameterForms.ValueName(parameter),
                Default = DefaultText(parameter),
                IsRequired = parameter is { IsRequired: true, HasDefault: false },
                Parameter = parameter.Name,
                Join = ParameterForms.IsList(parameter) ? texts => Joined(parameter, texts) : null,
            });

    /// <summary>Returns an option with a value that fits, for examples.</summary>
    public static string Example(ParameterDefinition parameter)
    {
        var value = DefaultText(parameter);
        return $"{parameter.OptionName} "
            + $"{(value is { Length: > 0 } && !value.Contains(' ', StringComparison.Ordinal) && value[0] != '<' ? value : "VALUE")}";
    }

    // Of a list, each value adds items.
    private static string Joined(ParameterDefinition parameter, IReadOnlyList<string> texts)
        => ParameterForms.Joined(parameter, texts) ?? throw UsageErrors.InvalidValue(
            parameter.OptionName[2..], $"it is given {texts.Count} times, and its items cannot be told apart.",
            "Give it once, as a JSON list, or several times without JSON, where its items are single words.");

    // A computed default is not computed for help: it may take long, or fail.
    private static string? DefaultText(ParameterDefinition parameter) => parameter switch
    {
        { ComputeDefault: not null } => "<computed>",
        { HasDefault: false } => null,
        _ => ParameterForms.DefaultText(parameter),
    };
}
