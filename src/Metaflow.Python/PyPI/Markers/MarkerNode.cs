namespace Metaflow.Python.PyPI.Markers;

/// <summary>A part of a marker.</summary>
internal abstract record MarkerNode
{
    /// <summary>Returns the part's value.</summary>
    /// <param name="scope">The values of variables.</param>
    /// <returns>The value; <see langword="null"/> if it depends on what is not known.</returns>
    /// <exception cref="Errors.EnvironmentException">Two texts are compared that have no such order (MF7070).</exception>
    public abstract bool? Evaluate(MarkerScope scope);

    /// <summary>Returns the part as text.</summary>
    /// <param name="isOutermost">Whether it needs no parentheses.</param>
    /// <returns>The text.</returns>
    public abstract string Write(bool isOutermost);

    /// <summary>Returns the names of all variables of the part.</summary>
    /// <returns>The names, some perhaps twice.</returns>
    public abstract IEnumerable<string> Variables();
}
