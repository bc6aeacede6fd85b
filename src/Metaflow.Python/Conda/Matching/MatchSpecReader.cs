using System.Buffers;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Matching;

/// <summary>Reads match specs.</summary>
/// <param name="text">The text.</param>
internal sealed class MatchSpecReader(string text)
{
    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" =<>!~[(\t");

    // What no build has: the characters of operators, and the hyphen.
    private static readonly SearchValues<char> NotInBuilds = SearchValues.Create("-=,|<>~!()");

    private string? _channel;
    private string? _subdir;
    private string _version = "";
    private string _build = "";

    /// <summary>Gets why the text is no match spec: a sentence.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads the match spec.</summary>
    /// <returns>The match spec; <see langword="null"/> if the text is none.</returns>
    public MatchSpec? Read()
    {
        var rest = text.Trim();
        if (PackageAddress.Read(rest) is { } address)
        {
            return address;
        }

        var (body, brackets) = Brackets(WithoutComment(rest));
        if (brackets is null)
        {
            return null;
        }

        var nameStart = Place(body);
        var nameEnd = body.AsSpan(nameStart).IndexOfAny(NameEnds) is var length and >= 0 ? nameStart + length : body.Length;
        var name = body[nameStart..nameEnd].ToLowerInvariant();
        if (!IsName(name))
        {
            return Fail(name.Length == 0 ? "The name of a package is missing." : $"'{name}' is no name of a package.");
        }

        return Conditions(body[nameEnd..].Trim())
            ? WithBrackets(name, brackets)
            : null;
    }

    private static bool IsName(string name)
        => name.Length > 0 && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.');

    // A '#' in quotes, as in an address with a hash, is no comment.
    private static string WithoutComment(string text)
    {
        var quote = '\0';
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (quote != '\0')
            {
                quote = character == quote ? '\0' : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
            }
            else if (character == '#')
            {
                return text[..index].TrimEnd();
            }
        }

        return text;
    }

    private (string Body, IReadOnlyDictionary<string, string>? Values) Brackets(string text)
    {
        var reader = new BracketReader(text);
        var values = reader.Read();
        Problem = reader.Problem;
        return (reader.Body, values);
    }

    // Returns where the name begins, behind 'channel/platform::' or 'channel:namespace:'.
    private int Place(string body)
    {
        var colon = body.LastIndexOf(':');
        if (colon < 0)
        {
            return 0;
        }

        var before = colon > 0 ? body.LastIndexOf(':', colon - 1) : -1;
        if (before > 0)
        {
            SetChannel(body[..before].Trim());
        }

        return colon + 1;
    }

    private void SetChannel(string channel)
    {
        var slash = channel.LastIndexOf('/');
        if (slash > 0 && CondaPlatforms.Contains(channel[(slash + 1)..]))
        {
            _subdir = channel[(slash + 1)..].ToLowerInvariant();
            channel = channel[..slash];
        }

        _channel = channel.TrimEnd('/');
    }

    // Splits what follows the name in a version and a build.
    private bool Conditions(string rest)
    {
        if (rest.Length == 0 || rest == "=")
        {
            return true;
        }

        if (rest.Contains('[', StringComparison.Ordinal) && !rest.Contains('^', StringComparison.Ordinal))
        {
            Fail("It has two pairs of brackets.");
            return false;
        }

        var split = BuildStart(rest);
        var version = (split < 0 ? rest : rest[..split]).Trim();
        _build = split < 0 ? "" : rest[(split + 1)..].Trim();
        if (_build.Contains(' ', StringComparison.Ordinal))
        {
            Fail($"'{_build}' is no build: a build has no spaces.");
            return false;
        }

        _version = Exact(version);
        return true;
    }

    // A build stands behind a space or a '=', which no operator precedes, and has no character of an operator.
    private static int BuildStart(string rest)
    {
        for (var index = 1; index < rest.Length - 1; index++)
        {
            if (rest[index] is ' ' or '=' && rest[index - 1] is not ('=' or '!' or '|' or ',' or '<' or '>' or '~')
                && rest.AsSpan(index + 1).IndexOfAny(NotInBuilds) < 0 && HasVersion(rest.AsSpan(0, index)))
            {
                return index;
            }
        }

        return -1;
    }

    // '>= 1.2' has a space behind the operator: what comes before it is no version.
    private static bool HasVersion(ReadOnlySpan<char> text)
    {
        var trimmed = text.TrimEnd();
        return !trimmed.IsEmpty && trimmed[^1] is not ('=' or '!' or '|' or ',' or '<' or '>' or '~');
    }

    // With a build, '=1.2' is not '1.2.*' but exactly 1.2: 'numpy=1.2=py311_0' names one package.
    private string Exact(string version)
    {
        if (_build.Length == 0 || !version.StartsWith('='))
        {
            return version;
        }

        var bare = version.TrimStart('=').TrimStart();
        return bare.AsSpan().IndexOfAny("=,|") < 0 ? bare : version;
    }

    private MatchSpec? WithBrackets(string name, IReadOnlyDictionary<string, string> brackets)
    {
        if (brackets.TryGetValue("channel", out var channel))
        {
            SetChannel(channel);
        }

        var version = Spec(brackets.GetValueOrDefault("version", _version));
        var build = Match(brackets.GetValueOrDefault("build", _build));
        var number = Spec(brackets.GetValueOrDefault("build_number", ""));
        var license = Match(brackets.GetValueOrDefault("license", ""));
        var family = Match(brackets.GetValueOrDefault("license_family", ""));
        if (Problem.Length > 0)
        {
            return null;
        }

        if (brackets.TryGetValue("name", out var inner) && inner != "*" && !string.Equals(inner, name, StringComparison.OrdinalIgnoreCase))
        {
            return Fail($"It names both '{name}' and '{inner}'.");
        }

        return new MatchSpec
        {
            Name = name,
            Version = version,
            Build = build,
            BuildNumber = number,
            Channel = _channel is { Length: > 0 } and not "*" ? _channel : null,
            Subdir = brackets.GetValueOrDefault("subdir") ?? _subdir,
            Md5 = brackets.GetValueOrDefault("md5")?.ToLowerInvariant(),
            Sha256 = brackets.GetValueOrDefault("sha256")?.ToLowerInvariant(),
            Url = brackets.GetValueOrDefault("url"),
            FileName = brackets.GetValueOrDefault("fn"),
            License = license,
            LicenseFamily = family,
            Features = Features(brackets.GetValueOrDefault("features")),
            TrackFeatures = Features(brackets.GetValueOrDefault("track_features")),
        };
    }

    private static string? Features(string? value)
        => value is null ? null : MatchSpec.Sorted(value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries));

    private VersionSpec? Spec(string version)
    {
        if (version.Length == 0)
        {
            return null;
        }

        if (!VersionSpec.TryParse(version, out var spec, out var problem))
        {
            Fail($"'{version}' is no constraint on versions. {problem}");
        }

        return spec;
    }

    private TextMatch? Match(string value)
    {
        if (value.Length == 0 || value == "*")
        {
            return null;
        }

        var match = TextMatch.Read(value);
        if (match is null)
        {
            Fail($"'{value}' is no regular expression.");
        }

        return match;
    }

    private MatchSpec? Fail(string problem)
    {
        Problem = Problem.Length == 0 ? problem : Problem;
        return null;
    }
}
