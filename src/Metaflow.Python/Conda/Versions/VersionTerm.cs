namespace Metaflow.Python.Conda.Versions;

/// <summary>A part of a constraint on versions.</summary>
internal abstract record VersionTerm
{
    /// <summary>Says whether a version satisfies the term.</summary>
    /// <param name="version">The version.</param>
    /// <returns>Whether it does.</returns>
    public abstract bool Matches(CondaVersion version);

    /// <summary>Returns the term as conda writes it.</summary>
    /// <returns>The text.</returns>
    public abstract override string ToString();
}
