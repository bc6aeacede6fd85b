using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Markers;

/// <summary>A condition of a requirement: <c>sys_platform == "linux" and python_version &gt; "3.9"</c> (PEP 508).</summary>
internal sealed class RequirementMarker : IEquatable<RequirementMarker>
{
    // The text of a file may not exhaust the stack.
    private const int DeepestNesting = 50;
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    private readonly MarkerGroup _root;

    private RequirementMarker(MarkerGroup root) => _root = root;

    /// <summary>Gets the names of the variables on which the marker depends, each once.</summary>
    public IReadOnlyList<string> Variables => [.. _root.Variables().Distinct()];

    /// <summary>Reads a marker.</summary>
    /// <param name="text">The text, without <c>;</c>.</param>
    /// <returns>The marker.</returns>
    /// <exception cref="EnvironmentException">It is none (MF7070).</exception>
    public static RequirementMarker Parse(string text)
    {
        var scanner = new RequirementScanner(text);
        return TryRead(scanner, out var marker) && scanner.IsAtEnd ? marker : throw new EnvironmentException(
            ErrorCodes.PythonRequirementMalformed,
            $"'{text}' is no marker.",
            string.Create(
                CultureInfo.InvariantCulture, $"It cannot be read from character {scanner.Position + 1} on: '{scanner.Rest}'."),
            "Write comparisons such as 'python_version >= \"3.9\"' with 'and' or 'or' between them (PEP 508).");
    }

    /// <summary>Reads a marker.</summary>
    /// <param name="text">The text, without <c>;</c>.</param>
    /// <param name="marker">The marker.</param>
    /// <returns><see langword="false"/> if it is none.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out RequirementMarker? marker)
    {
        var scanner = new RequirementScanner(text);
        return TryRead(scanner, out marker) && scanner.IsAtEnd;
    }

    /// <summary>Reads a marker from the middle of a text.</summary>
    /// <param name="scanner">The text.</param>
    /// <param name="marker">The marker.</param>
    /// <returns><see langword="false"/> if none is next.</returns>
    public static bool TryRead(RequirementScanner scanner, [NotNullWhen(true)] out RequirementMarker? marker)
    {
        var root = ReadGroup(scanner, 0);
        scanner.SkipBlanks();
        marker = root is null ? null : new RequirementMarker(root);
        return marker is not null;
    }

    /// <summary>Returns the value of the marker.</summary>
    /// <param name="environment">The Python and the kind of machine.</param>
    /// <param name="extras">The extras that are asked for; one that holds is enough. The default is none.</param>
    /// <returns>The value; <see langword="null"/> if it depends on what is not known.</returns>
    /// <exception cref="EnvironmentException">Two texts are compared that have no such order (MF7070).</exception>
    public bool? Evaluate(MarkerEnvironment environment, IEnumerable<string>? extras = null)
        => EvaluateLocked(environment, extras ?? [], None);

    /// <summary>Returns the value of the marker in a lock file (PEP 751).</summary>
    /// <param name="environment">The Python and the kind of machine.</param>
    /// <param name="extras">The extras that are asked for.</param>
    /// <param name="groups">The groups of dependencies that are asked for, in their one form.</param>
    /// <returns>The value; <see langword="null"/> if it depends on what is not known.</returns>
    /// <exception cref="EnvironmentException">Two texts are compared that have no such order (MF7070).</exception>
    public bool? EvaluateLocked(MarkerEnvironment environment, IEnumerable<string> extras, IReadOnlySet<string> groups)
    {
        var names = extras.Select(PythonName.Normalize).ToHashSet(StringComparer.Ordinal);
        bool? result = false;
        foreach (var extra in names.Count == 0 ? [""] : names)
        {
            result |= _root.Evaluate(new MarkerScope(environment, extra, names, groups));
        }

        return result;
    }

    /// <inheritdoc/>
    public bool Equals(RequirementMarker? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RequirementMarker);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>Returns the marker in the one form that Python's own tools write.</summary>
    /// <returns>The text, without <c>;</c>.</returns>
    public override string ToString() => _root.Write(isOutermost: true);

    private static MarkerGroup? ReadGroup(RequirementScanner scanner, int depth)
    {
        var items = new List<MarkerNode>();
        var isOr = new List<bool>();
        while (true)
        {
            if (ReadItem(scanner, depth) is not { } item)
            {
                return null;
            }

            items.Add(item);
            if (scanner.TryTakeWord("or"))
            {
                isOr.Add(true);
            }
            else if (scanner.TryTakeWord("and"))
            {
                isOr.Add(false);
            }
            else
            {
                return new MarkerGroup(items, isOr);
            }
        }
    }

    private static MarkerNode? ReadItem(RequirementScanner scanner, int depth)
    {
        if (!scanner.TryTake('('))
        {
            return ReadComparison(scanner);
        }

        return depth < DeepestNesting && ReadGroup(scanner, depth + 1) is { } nested && scanner.TryTake(')') ? nested : null;
    }

    private static MarkerComparison? ReadComparison(RequirementScanner scanner)
        => scanner.TakeOperand() is { } left && scanner.TakeComparison() is { } comparison && scanner.TakeOperand() is { } right
            ? new MarkerComparison(right.HasNames ? left.ToName() : left, comparison, left.HasNames ? right.ToName() : right)
            : null;
}
