using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Markers;

/// <summary>The values of variables with which a marker is evaluated once.</summary>
/// <param name="Environment">The Python and the kind of machine.</param>
/// <param name="Extra">The extra that is asked for; empty for none.</param>
/// <param name="Extras">All extras that are asked for, in their one form.</param>
/// <param name="Groups">All groups that are asked for, in their one form.</param>
internal sealed record MarkerScope(
    MarkerEnvironment Environment, string Extra, IReadOnlySet<string> Extras, IReadOnlySet<string> Groups)
{
    // Later than every release of a series.
    private const string Last = ".99999";

    /// <summary>Returns the values that an operand can have.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="other">What it is compared with.</param>
    /// <returns>Mostly one; several if not all of it is known; none if nothing is.</returns>
    public IReadOnlyList<string> ValuesOf(MarkerOperand operand, MarkerOperand other)
    {
        if (!operand.IsVariable)
        {
            return [operand.Text];
        }

        if (operand.Text == MarkerVariable.Extra)
        {
            return [Extra];
        }

        if (Environment.ValueOf(operand.Text) is { } value)
        {
            return [value];
        }

        return operand.Text == MarkerVariable.PythonFullVersion && Environment.PythonVersion is { } series
            ? Series(series, other.Text) : [];
    }

    /// <summary>Returns the names that an operand stands for.</summary>
    /// <param name="operand">The operand.</param>
    /// <returns>The names; <see langword="null"/> if it is no set.</returns>
    public IReadOnlySet<string>? SetOf(MarkerOperand operand) => operand switch
    {
        { IsVariable: true, Text: MarkerVariable.Extras } => Extras,
        { IsVariable: true, Text: MarkerVariable.Groups } => Groups,
        _ => null,
    };

    // The first, the last and the one that it is compared with stand for all releases of a series.
    private static List<string> Series(string series, string other)
    {
        var values = new List<string> { series + ".0", series + Last };
        if (PythonVersion.TryParse(other, out var version) && version.MajorAndMinor == series && version.Release.Count > 2)
        {
            values.Add(version.ToString());
        }

        return values;
    }
}
