using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;

namespace Metaflow.Python.Conda.Versions;

/// <summary>A constraint on versions, such as <c>&gt;=1.8,&lt;2|==1.7</c>, <c>1.2.*</c>, <c>~=1.4.5</c> or <c>^1\.[24]$</c>.</summary>
/// <remarks>A version without an operator is that version alone: <c>3.11</c> is 3.11.0 and not 3.11.2.</remarks>
internal sealed class VersionSpec : IEquatable<VersionSpec>
{
    private readonly VersionTerm _term;
    private readonly string _text;

    private VersionSpec(VersionTerm term)
    {
        _term = term;
        _text = term.ToString();
    }

    /// <summary>Gets the only version that satisfies the constraint, or <see langword="null"/>.</summary>
    public CondaVersion? Exact => _term is ComparedVersion { Operator: VersionOperator.Equal } compared ? compared.Bound : null;

    /// <summary>Gets a value indicating whether every version satisfies the constraint.</summary>
    public bool IsAny => _term is AnyVersion;

    /// <summary>Reads a constraint.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The constraint.</returns>
    /// <exception cref="EnvironmentException">MF7050: the text is no constraint.</exception>
    public static VersionSpec Parse(string text)
    {
        var reader = new VersionSpecReader(text);
        return new(reader.Read() ?? throw VersionErrors.Spec(text, reader.Problem));
    }

    /// <summary>Reads a constraint.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">The constraint.</param>
    /// <param name="problem">Why the text is none: a sentence.</param>
    /// <returns>Whether the text is a constraint.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out VersionSpec? spec, out string problem)
    {
        var reader = new VersionSpecReader(text);
        var term = reader.Read();
        spec = term is null ? null : new VersionSpec(term);
        problem = reader.Problem;
        return spec is not null;
    }

    /// <summary>Says whether a version satisfies the constraint.</summary>
    /// <param name="version">The version.</param>
    /// <returns>Whether it does.</returns>
    public bool Matches(CondaVersion version) => _term.Matches(version);

    /// <inheritdoc/>
    public bool Equals(VersionSpec? other) => other?._text == _text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _text;
}
