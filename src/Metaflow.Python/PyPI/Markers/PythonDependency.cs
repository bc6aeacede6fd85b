using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Markers;

/// <summary>A requirement of a Python package: <c>name[extra]&gt;=1,&lt;2; python_version&gt;"3.9"</c> (PEP 508).</summary>
/// <param name="Name">The name as it was written.</param>
/// <param name="Extras">The extras as they were written, each once, in the order of their texts.</param>
/// <param name="Specifiers">The constraints on the version.</param>
/// <param name="Url">The address of the package; <see langword="null"/> if an index has it.</param>
/// <param name="Marker">The condition; <see langword="null"/> if there is none.</param>
internal sealed record PythonDependency(
    string Name, IReadOnlyList<string> Extras, VersionSpecifierSet Specifiers, string? Url, RequirementMarker? Marker)
{
    /// <summary>Gets the one form of the name.</summary>
    public string NormalizedName => PythonName.Normalize(Name);

    /// <summary>Gets the name with its extras: <c>name[x,y]</c>.</summary>
    public string NameWithExtras => Extras.Count == 0 ? Name : $"{Name}[{string.Join(',', Extras)}]";

    /// <summary>Reads a requirement.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The requirement.</returns>
    /// <exception cref="EnvironmentException">It is none (MF7070).</exception>
    public static PythonDependency Parse(string text)
    {
        var scanner = new RequirementScanner(text);
        return TryRead(scanner, out var dependency, out var expected) ? dependency : throw new EnvironmentException(
            ErrorCodes.PythonRequirementMalformed,
            $"'{text}' is no requirement of a Python package.",
            string.Create(CultureInfo.InvariantCulture, $"At character {scanner.Position + 1} {expected} is expected."),
            "Write it as 'name', 'name[extra]>=1.2,<2', 'name @ https://…' or 'name==1.2 ; python_version < \"3.12\"' (PEP 508).");
    }

    /// <summary>Reads a requirement.</summary>
    /// <param name="text">The text.</param>
    /// <param name="dependency">The requirement.</param>
    /// <returns><see langword="false"/> if it is none.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out PythonDependency? dependency)
        => TryRead(new RequirementScanner(text), out dependency, out _);

    /// <summary>Returns true if the requirement applies.</summary>
    /// <param name="environment">The Python and the kind of machine.</param>
    /// <param name="extras">The extras of the package that has the requirement. The default is none.</param>
    /// <returns>Whether it does; <see langword="null"/> if that depends on what is not known.</returns>
    /// <exception cref="EnvironmentException">The marker compares texts that have no such order (MF7070).</exception>
    public bool? AppliesTo(MarkerEnvironment environment, IEnumerable<string>? extras = null)
        => Marker is null ? true : Marker.Evaluate(environment, extras);

    /// <inheritdoc/>
    public bool Equals(PythonDependency? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>Returns the requirement in one form.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var head = Url is null ? $"{NameWithExtras}{Specifiers}" : $"{NameWithExtras} @ {Url}";
        return Marker is null ? head : Url is null ? $"{head}; {Marker}" : $"{head} ; {Marker}";
    }

    private static bool TryRead(RequirementScanner scanner, [NotNullWhen(true)] out PythonDependency? dependency, out string expected)
    {
        dependency = null;
        expected = "the name of a package";
        if (scanner.TakeName() is not { } name)
        {
            return false;
        }

        if (ReadExtras(scanner) is not { } extras)
        {
            expected = "the name of an extra, ',' or ']'";
            return false;
        }

        string? url = null;
        var specifiers = VersionSpecifierSet.Any;
        if (scanner.TryTake('@'))
        {
            scanner.SkipBlanks();
            expected = "an address, with a blank before ';'";
            if ((url = scanner.TakeUntil(" \t")).Length == 0)
            {
                return false;
            }
        }
        else if (!TryReadVersions(scanner, ref specifiers))
        {
            expected = "a constraint on the version";
            return false;
        }

        RequirementMarker? marker = null;
        if (scanner.TryTake(';') && !RequirementMarker.TryRead(scanner, out marker))
        {
            expected = "a marker";
            return false;
        }

        expected = "the end, or ';' and a marker";
        scanner.SkipBlanks();
        dependency = scanner.IsAtEnd ? new PythonDependency(name, extras, specifiers, url, marker) : null;
        return dependency is not null;
    }

    private static List<string>? ReadExtras(RequirementScanner scanner)
    {
        var extras = new List<string>();
        if (!scanner.TryTake('[') || scanner.TryTake(']'))
        {
            return extras;
        }

        do
        {
            if (scanner.TakeName() is not { } extra)
            {
                return null;
            }

            extras.Add(extra);
        }
        while (scanner.TryTake(','));
        return scanner.TryTake(']') ? [.. extras.Distinct().Order(StringComparer.Ordinal)] : null;
    }

    private static bool TryReadVersions(RequirementScanner scanner, ref VersionSpecifierSet specifiers)
    {
        var isInParentheses = scanner.TryTake('(');
        scanner.SkipBlanks();
        var text = scanner.TakeUntil(isInParentheses ? ")" : ";").Trim();
        if (text.StartsWith(',') || text.Contains(",,", StringComparison.Ordinal) || !VersionSpecifierSet.TryParse(text, out var read))
        {
            return false;
        }

        specifiers = read;
        return !isInParentheses || scanner.TryTake(')');
    }
}
