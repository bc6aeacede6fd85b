using System.Text.RegularExpressions;

namespace Metaflow.Python.Conda.Versions;

/// <summary>Reads a constraint on versions: alternatives of conjunctions of comparisons, with parentheses.</summary>
/// <param name="text">The text.</param>
internal sealed class VersionSpecReader(string text)
{
    /// <summary>How deep parentheses may be nested. Real constraints have two levels.</summary>
    private const int MaxDepth = 32;

    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);

    private int _position;
    private int _depth;

    /// <summary>Gets why the text is no constraint: a sentence.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads the constraint.</summary>
    /// <returns>The constraint; <see langword="null"/> if the text is none.</returns>
    public VersionTerm? Read()
    {
        var term = Group(isAll: false);
        return term is null || AtEnd() ? term : Fail($"It goes on with '{text[_position..]}' where it should end.");
    }

    private VersionTerm? Group(bool isAll)
    {
        var separator = isAll ? ',' : '|';
        List<VersionTerm>? terms = null;
        VersionTerm? first = null;
        while (true)
        {
            var term = isAll ? Single() : Group(isAll: true);
            if (term is null)
            {
                return null;
            }

            if (first is null)
            {
                first = term;
            }
            else
            {
                terms ??= [first];
                terms.Add(term);
            }

            if (AtEnd() || text[_position] != separator)
            {
                return terms is null ? first : new VersionGroup(isAll, Flat(terms, isAll));
            }

            _position++;
        }
    }

    private VersionTerm? Single()
    {
        if (AtEnd())
        {
            return Fail("A version is missing at its end.");
        }

        return text[_position] switch
        {
            '(' => Parentheses(),
            '^' => Expression(),
            _ => Comparison(),
        };
    }

    private VersionTerm? Parentheses()
    {
        if (++_depth > MaxDepth)
        {
            return Fail("Its parentheses are nested too deep.");
        }

        _position++;
        var term = Group(isAll: false);
        if (term is null)
        {
            return null;
        }

        if (AtEnd() || text[_position] != ')')
        {
            return Fail("A ')' is missing.");
        }

        _position++;
        _depth--;
        return term;
    }

    private VersionTerm? Expression()
    {
        var end = text.IndexOf('$', _position);
        if (end < 0)
        {
            return Fail("A regular expression begins with '^' and ends with '$'.");
        }

        var pattern = text[_position..(end + 1)];
        _position = end + 1;
        return Pattern(pattern, pattern);
    }

    private VersionTerm? Comparison()
    {
        var start = _position;
        while (_position < text.Length && text[_position] is '=' or '!' or '<' or '>' or '~')
        {
            _position++;
        }

        // An epoch ('1!2') has its mark behind a digit, so no operator takes it.
        var sign = text[start.._position];
        while (_position < text.Length && text[_position] == ' ')
        {
            _position++;
        }

        start = _position;
        while (_position < text.Length && text[_position] is not (',' or '|' or '(' or ')'))
        {
            _position++;
        }

        var version = text[start.._position].TrimEnd();
        return version.Length == 0
            ? Fail(sign.Length == 0 ? "A version is missing." : $"A version is missing behind '{sign}'.")
            : Comparison(sign, version);
    }

    private VersionTerm? Comparison(string sign, string version)
    {
        if (sign is not ("" or "=" or "==" or "!=" or "<" or "<=" or ">" or ">=" or "~="))
        {
            return Fail($"'{sign}' is no operator.");
        }

        var stem = WithoutStars(version);
        if (stem.Length == 0)
        {
            return sign is "!=" or "<" or ">" ? Fail($"'{sign}{version}' is satisfied by no version.") : new AnyVersion();
        }

        if (stem.Contains('*', StringComparison.Ordinal))
        {
            return sign is "" or "=" or "=="
                ? Pattern(version, $"^(?:{Regex.Escape(version).Replace(@"\*", ".*", StringComparison.Ordinal)})$")
                : Fail($"A '*' inside a version does not go together with '{sign}'.");
        }

        if (CondaVersionReader.Read(stem, out var problem) is not { } bound)
        {
            return Fail($"'{stem}' is no version. {problem}");
        }

        return new ComparedVersion(Operator(sign, hasStar: stem.Length < version.Length), bound);
    }

    private VersionPattern? Pattern(string written, string pattern)
    {
        try
        {
            return new VersionPattern(written, new Regex(pattern, RegexOptions.CultureInvariant, PatternLimit));
        }
        catch (ArgumentException error)
        {
            Fail($"'{pattern}' is no regular expression: {error.Message}");
            return null;
        }
    }

    // A star behind an operator says nothing, but it is common in channels: '>=1.2.*' means '>=1.2'.
    private static VersionOperator Operator(string sign, bool hasStar) => sign switch
    {
        "" => hasStar ? VersionOperator.StartsWith : VersionOperator.Equal,
        "=" => VersionOperator.StartsWith,
        "==" => VersionOperator.Equal,
        "!=" => hasStar ? VersionOperator.StartsOtherwise : VersionOperator.NotEqual,
        "<" => VersionOperator.Less,
        "<=" => VersionOperator.LessOrEqual,
        ">" => VersionOperator.Greater,
        ">=" => VersionOperator.GreaterOrEqual,
        _ => VersionOperator.Compatible,
    };

    // '1.2*', '1.2.*' and '1.2.*.*' are the same.
    private static string WithoutStars(string version)
    {
        var end = version.Length;
        while (end > 0 && version[end - 1] == '*')
        {
            end -= end > 1 && version[end - 2] == '.' ? 2 : 1;
        }

        return version[..end];
    }

    private static IReadOnlyList<VersionTerm> Flat(List<VersionTerm> terms, bool isAll)
        => [.. terms.SelectMany(term => term is VersionGroup group && group.IsAll == isAll ? group.Terms : [term])];

    private bool AtEnd()
    {
        while (_position < text.Length && text[_position] == ' ')
        {
            _position++;
        }

        return _position == text.Length;
    }

    private VersionTerm? Fail(string problem)
    {
        Problem = Problem.Length == 0 ? problem : Problem;
        return null;
    }
}
