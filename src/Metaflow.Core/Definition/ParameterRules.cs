using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;

namespace Metaflow.Definition;

/// <summary>Checks the names and types of a flow's parameters, and the encodings of its included texts.</summary>
internal static class ParameterRules
{
    /// <summary>Checks the parameters.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="options">The options that decorators of the flow add; none by default.</param>
    /// <returns>A problem MF2011 for each name that is reserved, or that differs from an earlier one only by case; MF1055 for an
    /// included text in an encoding that is not known; MF1050 for a type that has no form on the command line.</returns>
    public static IReadOnlyList<GraphProblem> Check(FlowDefinition definition, IReadOnlyList<FlowOption>? options = null)
    {
        var problems = new List<GraphProblem>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in definition.Parameters)
        {
            var name = parameter.Name.Replace('-', '_');
            if (OptionNames.IsReserved(name))
            {
                problems.Add(Problem(
                    definition,
                    $"Parameter name '{parameter.Name}' is a reserved word.",
                    $"'run' has its own option '{parameter.OptionName}'."));
            }

            if (OptionNames.IsOption(name))
            {
                problems.Add(Problem(
                    definition,
                    $"Parameter '{parameter.Name}' hides an option.",
                    $"A command that accepts parameters has its own option '{parameter.OptionName}'."));
            }

            if (options?.FirstOrDefault(option => option.Name == parameter.OptionName[2..]) is { } option)
            {
                problems.Add(Problem(
                    definition,
                    $"Parameter '{parameter.Name}' hides an option.",
                    $"A decorator of the flow adds the option '--{option.Name}'."));
            }

            problems.AddRange(OfValues(definition, parameter));
            if (!seen.Add(name))
            {
                problems.Add(Problem(
                    definition, $"Parameter '{parameter.Name}' is specified twice.",
                    "Parameter names are case-insensitive, as environment variables are on some systems."));
            }
        }

        return problems;
    }

    private static IEnumerable<GraphProblem> OfValues(FlowDefinition definition, ParameterDefinition parameter)
    {
        if (parameter.IncludeFile is { IsText: true } include && EncodingNames.CodePageOf(include.Encoding) is null)
        {
            yield return Problem(
                definition,
                $"The encoding '{include.Encoding}' of '{parameter.Name}' is not known.",
                "Neither .NET nor Python has an encoding with this name.") with
            {
                Code = RuleCodes.EncodingUnknown,
                Fix = "Use a name like 'utf-8', 'utf-16', 'latin-1', 'windows-1252' or 'shift_jis'.",
            };
        }

        if (parameter.IncludeFile is null && ReadableTypes.FirstWithoutForm(parameter.ValueType) is { } part)
        {
            var isWhole = part == (Nullable.GetUnderlyingType(parameter.ValueType) ?? parameter.ValueType);
            yield return Problem(
                definition,
                $"The parameter '{parameter.Name}' is of type "
                    + $"'{parameter.TypeName}'{(isWhole ? "" : $", which contains '{part.Name.Split('`')[0]}'")}.",
                "This type has no form on the command line: it cannot be read from text.") with
            {
                Code = RuleCodes.ParameterWithoutForm,
                Fix = "Declare the data from which it is created, for example a string, a number, a list or a record, and create it "
                    + "in a step.",
            };
        }
    }

    private static GraphProblem Problem(FlowDefinition definition, string what, string why) => new(
        ErrorCodes.ParameterNameTaken,
        ProblemSeverity.Error,
        what,
        why,
        "Rename the property, or set 'Name' of its attribute.",
        Step: null,
        Line: 1,
        definition.SourceFile);
}
