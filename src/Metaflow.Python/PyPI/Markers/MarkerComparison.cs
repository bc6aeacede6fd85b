using Metaflow.Errors;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Markers;

/// <summary>A comparison of a marker: <c>python_version &gt;= "3.9"</c>.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Operator">The operator, <c>in</c> and <c>not in</c> among them.</param>
/// <param name="Right">The right side.</param>
internal sealed record MarkerComparison(MarkerOperand Left, string Operator, MarkerOperand Right) : MarkerNode
{
    private const string In = "in";
    private const string NotIn = "not in";

    /// <inheritdoc/>
    public override bool? Evaluate(MarkerScope scope)
    {
        if (scope.SetOf(Right) is { } names)
        {
            return scope.ValuesOf(Left, Right) is [var name] ? Contains(names, name) : null;
        }

        // Some variables have several possible values: if all give the same, that is known.
        bool? result = null;
        foreach (var left in scope.ValuesOf(Left, Right))
        {
            foreach (var right in scope.ValuesOf(Right, Left))
            {
                var value = Compare(left, right);
                if (result is { } other && other != value)
                {
                    return null;
                }

                result = value;
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override string Write(bool isOutermost) => $"{Left} {Operator} {Right}";

    /// <inheritdoc/>
    public override IEnumerable<string> Variables()
    {
        foreach (var operand in (MarkerOperand[])[Left, Right])
        {
            if (operand.IsVariable)
            {
                yield return operand.Text;
            }
        }
    }

    private bool Contains(IReadOnlySet<string> names, string name) => Operator switch
    {
        In => names.Contains(PythonName.Normalize(name)),
        NotIn => !names.Contains(PythonName.Normalize(name)),
        _ => throw Undefined(name, Right.Text),
    };

    private bool Compare(string left, string right)
    {
        if (Operator is In or NotIn)
        {
            return right.Contains(left, StringComparison.Ordinal) == (Operator == In);
        }

        // Versions are compared as such if both are some; the names of extras can look like versions.
        if (!Left.HasNames && !Right.HasNames && PythonVersion.TryParse(WithoutPlus(left), out var version)
            && VersionSpecifier.TryParse(Operator + WithoutPlus(right), out var specifier))
        {
            return specifier.IsSatisfiedBy(version);
        }

        var order = string.CompareOrdinal(left, right);
        return Operator switch
        {
            "==" or "===" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            ">=" => order >= 0,
            _ => throw Undefined(left, right),
        };
    }

    // A Python that was compiled between two releases has a version such as 3.13.0a1+.
    private static string WithoutPlus(string text) => text.EndsWith('+') ? text + "local" : text;

    private EnvironmentException Undefined(string left, string right) => new(
        ErrorCodes.PythonRequirementMalformed,
        $"The marker '{Write(isOutermost: true)}' has no value.",
        $"'{Operator}' does not compare '{left}' with '{right}'.",
        "Use '==', '!=', 'in' or 'not in', or compare versions.");
}
