using System.CommandLine;
using System.CommandLine.Parsing;
using Metaflow.Commands;

namespace Metaflow.Cli.Parsing;

/// <summary>The grammar of a command line for System.CommandLine: the options of every command and, once it is known, one
/// command.</summary>
internal sealed class CommandLineSyntax
{
    /// <summary>The option that shows what a command takes.</summary>
    public const string Help = "--help";

    /// <summary>The option that shows the version.</summary>
    public const string Version = "--version";

    private const string RootName = "flow";

    // Bundles (-abc) and response files (@file) are not part of the grammar: such texts are values.
    private static readonly ParserConfiguration Configuration = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    // Not the library's RootCommand, which brings directives, help and version of its own.
    private readonly Command _root = new(RootName) { TreatUnmatchedTokensAsErrors = false };
    private readonly Argument<string[]> _arguments = new("ARGUMENTS") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _help = new(Help, "-h") { Arity = ArgumentArity.Zero, Recursive = true };
    private readonly Option<bool> _version = new(Version) { Arity = ArgumentArity.Zero };
    private readonly IReadOnlyList<OptionSyntax> _options;

    /// <summary>Makes the grammar.</summary>
    /// <param name="commonOptions">The options of every command.</param>
    /// <param name="command">The command, when it is known; without it all that is not an option of every command is an argument.</param>
    public CommandLineSyntax(IReadOnlyList<OptionSpecification> commonOptions, CommandSpecification? command)
    {
        var common = commonOptions.Select(static option => new OptionSyntax(option)).ToList();
        Add(_root, common);
        _root.Add(_help);
        _root.Add(_version);
        if (command is null)
        {
            _root.Add(_arguments);
            _options = common;
            return;
        }

        var own = command.Options.Select(static option => new OptionSyntax(option)).ToList();
        Add(Named(command.Name), own);
        _options = [.. own, .. common];
    }

    /// <summary>Parses.</summary>
    /// <param name="tokens">The program's arguments.</param>
    public CommandLineReading Parse(IReadOnlyList<string> tokens)
    {
        // The library drops a first token that is the root's name or a path to it. A first token is added, so that no argument is
        // dropped.
        var result = _root.Parse([RootName, .. SplitEmptyValues(tokens)], Configuration);
        return new CommandLineReading
        {
            Tokens = tokens,
            Options = _options,
            Result = result,
            Arguments = [.. result.GetResult(_arguments)?.Tokens.Select(static token => token.Value) ?? []],
            WantsHelp = result.GetResult(_help) is { Implicit: false },
            WantsVersion = result.GetResult(_version) is { Implicit: false },
        };
    }

    // A sub-command is a command of its group.
    private Command Named(string name)
    {
        var parent = _root;
        foreach (var word in name.Split(' '))
        {
            var child = new Command(word) { TreatUnmatchedTokensAsErrors = false };
            parent.Add(child);
            parent = child;
        }

        parent.Add(_arguments);
        return parent;
    }

    // The library takes '--name=' for an option without a value; to us it is the empty text.
    private static IEnumerable<string> SplitEmptyValues(IReadOnlyList<string> tokens)
    {
        var isLiteral = false;
        foreach (var token in tokens)
        {
            // What follows '--' is an argument whatever it looks like.
            isLiteral |= token == "--";
            var hasEmptyValue = !isLiteral && token.StartsWith("--", StringComparison.Ordinal)
                && token.IndexOf('=', StringComparison.Ordinal) == token.Length - 1;
            yield return hasEmptyValue ? token[..^1] : token;
            if (hasEmptyValue)
            {
                yield return "";
            }
        }
    }

    private static void Add(Command command, IEnumerable<OptionSyntax> options)
    {
        foreach (var symbol in options.SelectMany(static option => option.Symbols))
        {
            command.Add(symbol);
        }
    }
}
