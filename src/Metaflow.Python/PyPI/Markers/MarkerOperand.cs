using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Markers;

/// <summary>One side of a comparison of a marker.</summary>
/// <param name="Text">The name of the variable, or the text in quotation marks.</param>
/// <param name="IsVariable">Whether it is a variable.</param>
internal readonly record struct MarkerOperand(string Text, bool IsVariable)
{
    /// <summary>Gets whether it is a variable whose values are names of extras or of groups, which have one form (PEP 685).</summary>
    public bool HasNames => IsVariable && Text is MarkerVariable.Extra or MarkerVariable.Extras or MarkerVariable.Groups;

    /// <summary>Returns the same text as the name of an extra.</summary>
    /// <returns>The operand.</returns>
    public MarkerOperand ToName() => IsVariable ? this : new MarkerOperand(PythonName.Normalize(Text), false);

    /// <summary>Returns the operand as a marker has it.</summary>
    /// <returns>The variable, or the text in quotation marks that it does not have itself.</returns>
    public override string ToString() => IsVariable ? Text : Text.Contains('"', StringComparison.Ordinal) ? $"'{Text}'" : $"\"{Text}\"";
}
