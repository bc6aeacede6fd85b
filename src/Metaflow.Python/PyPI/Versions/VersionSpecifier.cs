using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Metaflow.Python.PyPI.Versions;

/// <summary>One constraint on the version of a Python package, such as <c>&gt;=1.2</c> or <c>==1.*</c> (PEP 440).</summary>
internal sealed class VersionSpecifier : IEquatable<VersionSpecifier>
{
    private const string AnyEnd = ".*";

    // The longer ones first: "===" begins with "==".
    private static readonly (string Text, SpecifierOperator Operator)[] Operators =
    [
        ("===", SpecifierOperator.Arbitrary), ("==", SpecifierOperator.Equal), ("!=", SpecifierOperator.NotEqual),
        ("~=", SpecifierOperator.Compatible), ("<=", SpecifierOperator.LessOrEqual), (">=", SpecifierOperator.GreaterOrEqual),
        ("<", SpecifierOperator.Less), (">", SpecifierOperator.Greater),
    ];

    private readonly string _symbol;
    private readonly PythonVersion? _version;

    private VersionSpecifier(string symbol, SpecifierOperator @operator, string versionText, PythonVersion? version)
    {
        _symbol = symbol;
        _version = version;
        Operator = @operator;
        VersionText = versionText;
    }

    /// <summary>Gets the operator.</summary>
    public SpecifierOperator Operator { get; }

    /// <summary>Gets the text after the operator, as it was written.</summary>
    public string VersionText { get; }

    /// <summary>Gets whether the constraint ends with <c>.*</c>.</summary>
    public bool IsPrefix => Operator != SpecifierOperator.Arbitrary && VersionText.EndsWith(AnyEnd, StringComparison.Ordinal);

    /// <summary>Gets the version that is named, without <c>.*</c>; <see langword="null"/> if <c>===</c> has a text that is none.</summary>
    public PythonVersion? Version => _version;

    /// <summary>Gets whether it names a version before a release, which asks for such versions.</summary>
    public bool NamesPreRelease => Operator != SpecifierOperator.NotEqual && !IsPrefix && _version is { IsPreRelease: true };

    /// <summary>Reads a constraint.</summary>
    /// <param name="text">The text, with an operator.</param>
    /// <param name="specifier">The constraint.</param>
    /// <returns><see langword="false"/> if the text is none.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out VersionSpecifier? specifier)
    {
        specifier = null;
        var trimmed = text.Trim();
        var (symbol, @operator) = Array.Find(Operators, item => trimmed.StartsWith(item.Text, StringComparison.Ordinal));
        if (symbol is null)
        {
            return false;
        }

        var versionText = trimmed[symbol.Length..].Trim();
        if (@operator == SpecifierOperator.Arbitrary)
        {
            var isText = versionText.Length > 0
                && !versionText.Any(static character => char.IsWhiteSpace(character) || character is ';' or ')');
            var named = PythonVersion.TryParse(versionText, out var arbitrary) ? arbitrary : null;
            specifier = isText ? new VersionSpecifier(symbol, @operator, versionText, named) : null;
            return isText;
        }

        var isPrefix = versionText.EndsWith(AnyEnd, StringComparison.Ordinal);
        if (!PythonVersion.TryParse(isPrefix ? versionText[..^AnyEnd.Length] : versionText, out var version)
            || !Takes(@operator, version, isPrefix))
        {
            return false;
        }

        specifier = new VersionSpecifier(symbol, @operator, versionText, version);
        return true;
    }

    /// <summary>Returns true if a version satisfies the constraint, whether or not it comes before a release.</summary>
    /// <param name="version">The version.</param>
    /// <returns>Whether it does.</returns>
    public bool IsSatisfiedBy(PythonVersion version) => Operator switch
    {
        SpecifierOperator.Arbitrary => version.ToString().Equals(VersionText, StringComparison.OrdinalIgnoreCase),
        SpecifierOperator.Equal => IsEqual(version),
        SpecifierOperator.NotEqual => !IsEqual(version),
        SpecifierOperator.Compatible => version.WithoutLocal() >= _version! && Begins(version, _version!.Release.Count - 1),
        SpecifierOperator.LessOrEqual => version.WithoutLocal() <= _version!,
        SpecifierOperator.GreaterOrEqual => version.WithoutLocal() >= _version!,
        SpecifierOperator.Less => version < _version!
            && !(version.IsPreRelease && !_version!.IsPreRelease && version.ToRelease().Equals(_version.ToRelease())),
        _ => version > _version! && !IsOfSameRelease(version),
    };

    /// <inheritdoc/>
    public bool Equals(VersionSpecifier? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionSpecifier);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>Returns the constraint without blanks.</summary>
    /// <returns>The operator and the version, as it was written.</returns>
    public override string ToString() => _symbol + VersionText;

    // What each operator takes: a local label and ".*" only to be equal, and a series needs two numbers.
    private static bool Takes(SpecifierOperator @operator, PythonVersion version, bool isPrefix) => @operator switch
    {
        SpecifierOperator.Equal or SpecifierOperator.NotEqual => !isPrefix
            || (version.PreRelease is null && version.Post is null && version.Development is null && version.Local.Count == 0),
        SpecifierOperator.Compatible => !isPrefix && version.Local.Count == 0 && version.Release.Count > 1,
        _ => !isPrefix && version.Local.Count == 0,
    };

    // A label is compared only if one is asked for.
    private bool IsEqual(PythonVersion version)
        => IsPrefix ? Begins(version, _version!.Release.Count)
            : (_version!.Local.Count == 0 ? version.WithoutLocal() : version).Equals(_version);

    private bool Begins(PythonVersion version, int count)
    {
        if (version.Epoch != _version!.Epoch)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if ((i < version.Release.Count ? version.Release[i] : BigInteger.Zero) != _version.Release[i])
            {
                return false;
            }
        }

        return true;
    }

    private bool IsOfSameRelease(PythonVersion version)
        => ((version.Post is not null && _version!.Post is null) || version.Local.Count > 0)
            && version.ToRelease().Equals(_version!.ToRelease());
}
