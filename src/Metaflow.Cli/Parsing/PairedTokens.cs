using Metaflow.Commands;

namespace Metaflow.Cli.Parsing;

/// <summary>Joins the two values of options such as <c>--config NAME PATH</c> into one, <c>NAME=PATH</c>, which may also be
/// typed.</summary>
internal static class PairedTokens
{
    /// <summary>Joins.</summary>
    /// <param name="tokens">What was typed.</param>
    /// <param name="options">The options of every command.</param>
    /// <returns>The tokens, each option of two values with one.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2005: a value is missing. The exit code is 2.</exception>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> tokens, IReadOnlyList<OptionSpecification> options)
    {
        var pairs = options.Where(static option => option.IsPair).Select(static option => option.Dashed).ToList();
        if (pairs.Count == 0)
        {
            return tokens;
        }

        var joined = new List<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            joined.Add(tokens[i]);
            if (tokens[i] == "--")
            {
                joined.AddRange(tokens.Skip(i + 1));
                break;
            }

            if (Find(pairs, tokens[i]) is not { } option)
            {
                continue;
            }

            // What is joined to the option by '=' is its first value.
            var (first, next) = tokens[i].Length > option.Length
                ? (tokens[i][(option.Length + 1)..], i + 1)
                : (i + 1 < tokens.Count ? tokens[i + 1] : "", i + 2);
            var isWhole = first.Contains('=', StringComparison.Ordinal);
            if (first.Length == 0 || (!isWhole && (next >= tokens.Count || Find(pairs, tokens[next]) is not null)))
            {
                throw UsageErrors.PairWithoutValue(option, options.First(pair => pair.Dashed == option).ValueName!);
            }

            joined[^1] = option + "=" + (isWhole ? first : $"{first}={tokens[next]}");
            i = isWhole ? next - 1 : next;
        }

        return joined;
    }

    private static string? Find(List<string> pairs, string token)
    {
        var typed = token.Split('=')[0].Replace('_', '-');
        return pairs.Find(pair => pair == typed);
    }
}
