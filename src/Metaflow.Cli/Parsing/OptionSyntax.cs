using System.CommandLine;
using System.CommandLine.Parsing;
using Metaflow.Commands;

namespace Metaflow.Cli.Parsing;

/// <summary>An option in the terms of the library that parses: one symbol, or two when there is an option that says the
/// opposite.</summary>
internal sealed class OptionSyntax
{
    private readonly Option _symbol;
    private readonly Option? _opposite;

    public OptionSyntax(OptionSpecification specification)
    {
        Specification = specification;
        _symbol = specification.ValueName is null ? Symbol<bool>(specification.Name) : Symbol<string[]>(specification.Name);
        if (specification.ValueName is not null)
        {
            // Of an option given several times the last value counts, or all do; the library would take a second value for an error.
            _symbol.Arity = ArgumentArity.OneOrMore;
        }

        if (specification.DashedLetter is { } letter)
        {
            _symbol.Aliases.Add(letter);
        }

        _opposite = specification.Opposite is { } opposite ? Symbol<bool>(opposite) : null;
    }

    /// <summary>Gets what the option is.</summary>
    public OptionSpecification Specification { get; }

    /// <summary>Gets the symbols of the library.</summary>
    public IEnumerable<Option> Symbols => _opposite is null ? [_symbol] : [_symbol, _opposite];

    /// <summary>Gets all that may be typed for it.</summary>
    public IEnumerable<string> Names => Symbols.SelectMany(static symbol => symbol.Aliases.Prepend(symbol.Name));

    /// <summary>Returns what was typed and the values, or <see langword="null"/> when the option takes none or was not given.</summary>
    public OptionResult? Given(ParseResult result)
        => Specification.ValueName is not null && result.GetResult(_symbol) is { Implicit: false } given ? given : null;

    /// <summary>Returns whether an option that takes no value is set, or <see langword="null"/> if it was not given.</summary>
    public bool? IsSet(ParseResult result)
    {
        var given = Symbols.OfType<Option<bool>>().Where(symbol => result.GetResult(symbol) is { Implicit: false }).ToList();
        var last = given.Count < 2 ? given.FirstOrDefault() : LastTyped(result, given);
        return last is null ? null : result.GetValue(last) != (last == _opposite);
    }

    private static Option<bool> LastTyped(ParseResult result, IReadOnlyList<Option<bool>> symbols)
        => result.Tokens.Reverse().Where(static token => token.Type == TokenType.Option)
            .Select(token => symbols.FirstOrDefault(symbol => symbol.Name == token.Value || symbol.Aliases.Contains(token.Value)))
            .First(static symbol => symbol is not null)!;

    private static Option<T> Symbol<T>(string name)
    {
        var symbol = new Option<T>("--" + name) { Recursive = true };
        if (name.Contains('-', StringComparison.Ordinal))
        {
            symbol.Aliases.Add("--" + name.Replace('-', '_'));
        }

        return symbol;
    }
}
