namespace Metaflow.Python.Conda.Matching;

/// <summary>Reads the brackets at the end of a match spec: <c>[version='&gt;=1.2',build=py*]</c>.</summary>
/// <param name="text">The match spec.</param>
internal sealed class BracketReader(string text)
{
    private static readonly string[] Keys =
    [
        "version", "build", "build_number", "channel", "subdir", "md5", "sha256", "url", "fn", "license", "license_family", "features",
        "track_features", "name",
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Gets what stands before the brackets.</summary>
    public string Body { get; private set; } = "";

    /// <summary>Gets why the brackets cannot be read: a sentence.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads the brackets.</summary>
    /// <returns>The values by their keys, none if there are no brackets; <see langword="null"/> if they cannot be read.</returns>
    public IReadOnlyDictionary<string, string>? Read()
    {
        // Brackets inside a regular expression are its own.
        var expression = text.IndexOf('^', StringComparison.Ordinal);
        var open = text.IndexOf('[', StringComparison.Ordinal);
        if (expression >= 0 && open > expression)
        {
            var end = text.IndexOf('$', expression);
            open = end < 0 ? -1 : text.IndexOf('[', end);
        }

        if (open < 0)
        {
            Body = text;
            return _values;
        }

        if (text[^1] != ']')
        {
            return Fail("The ']' at its end is missing.");
        }

        Body = text[..open].TrimEnd();
        var rest = text.AsSpan(open + 1, text.Length - open - 2).Trim();
        while (!rest.IsEmpty)
        {
            if (!ReadOne(ref rest))
            {
                return null;
            }

            rest = rest.TrimStart(" ,\t");
        }

        return _values;
    }

    private bool ReadOne(ref ReadOnlySpan<char> rest)
    {
        var equals = rest.IndexOf('=');
        var key = equals < 0 ? rest.ToString() : rest[..equals].Trim().ToString().ToLowerInvariant();
        if (equals <= 0)
        {
            Fail($"'{key}' in its brackets has no value.");
            return false;
        }

        if (!Keys.Contains(key))
        {
            Fail($"'{key}' in its brackets is not known; known are {string.Join(", ", Keys)}.");
            return false;
        }

        rest = rest[(equals + 1)..].TrimStart();
        var value = Value(ref rest);
        if (value is null)
        {
            Fail($"The value of '{key}' has no quote at its end.");
            return false;
        }

        if (value.Length == 0)
        {
            Fail($"'{key}' in its brackets has no value.");
            return false;
        }

        if (!_values.TryAdd(key, value))
        {
            Fail($"'{key}' is there twice.");
            return false;
        }

        return true;
    }

    private static string? Value(ref ReadOnlySpan<char> rest)
    {
        if (!rest.IsEmpty && rest[0] is '\'' or '"')
        {
            var end = rest[1..].IndexOf(rest[0]);
            if (end < 0)
            {
                return null;
            }

            var quoted = rest.Slice(1, end).Trim().ToString();
            rest = rest[(end + 2)..];
            return quoted;
        }

        var comma = rest.IndexOfAny(',', ' ');
        var value = (comma < 0 ? rest : rest[..comma]).Trim().ToString();
        rest = comma < 0 ? [] : rest[comma..];
        return value;
    }

    private IReadOnlyDictionary<string, string>? Fail(string problem)
    {
        Problem = problem;
        return null;
    }
}
