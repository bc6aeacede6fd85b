using System.Text.RegularExpressions;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Decorators;

/// <summary>Makes decorators from the text of <c>--with</c>: <c>retry:times=2,seconds_between_retries=5</c>.</summary>
internal static partial class DecoratorText
{
    /// <summary>Makes a decorator.</summary>
    /// <param name="text">The text.</param>
    /// <param name="flow">The flow's class, whose assembly may have decorators of its own.</param>
    /// <returns>The decorator.</returns>
    /// <exception cref="ConfigurationException">The name or an attribute is unknown, or a value does not fit (MF2092). The exit code is 2.</exception>
    public static DecoratorAttribute Parse(string text, Type flow)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var decorator = DecoratorCatalogue.Make(name, flow) ?? throw UnknownName(name, flow);
        foreach (var part in colon < 0 ? [] : AttributeStart().Split(text[(colon + 1)..]))
        {
            Set(decorator, name, part);
        }

        if (decorator is SecretsAttribute { HasInlineSource: true })
        {
            throw new ConfigurationException(
                ErrorCodes.InlineSecretOnCommandLine,
                "A secret itself was given by '--with secrets'.",
                "Everybody on a machine can read command lines.",
                "Put it into a file and write --with secrets:sources=file.secrets.env.")
            { ExitCode = ExitCodes.Usage };
        }

        return decorator;
    }

    /// <summary>Values may hold commas: a comma ends a value only before <c>word=</c>.</summary>
    [GeneratedRegex(@",(?=\w+=)")]
    private static partial Regex AttributeStart();

    private static void Set(DecoratorAttribute decorator, string name, string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var attribute = equals < 0 ? part : part[..equals];
        var settable = DecoratorData.PropertiesOf(decorator.GetType()).ToDictionary(static p => SnakeCase.FromMember(p.Name));
        if (equals < 0 || !settable.TryGetValue(attribute, out var property))
        {
            throw Refused(name, $"Decorator '{decorator.DecoratorName}' has no attribute '{attribute}'.", FixOf(attribute, [.. settable.Keys]));
        }

        if (DecoratorValue.TryRead(part[(equals + 1)..], property.PropertyType, out var value))
        {
            property.SetValue(decorator, value);
            return;
        }

        // The value itself is not shown: it may be a secret.
        throw Refused(name, $"The text given for '{attribute}' is no value of it.", $"Give {DecoratorValue.InWords(property.PropertyType)}.");
    }

    private static string FixOf(string attribute, IReadOnlyList<string> known)
    {
        var all = known.Count == 0 ? "It has none; write its name alone." : $"Use: {string.Join(", ", known)}.";
        return ClosestName.Find(attribute, known) is { } closest ? $"Did you mean '{closest}'? {all}" : all;
    }

    private static ConfigurationException UnknownName(string name, Type flow)
    {
        var known = DecoratorCatalogue.NamesFor(flow);
        var closest = ClosestName.Find(name, known);
        return Refused(name, $"There is no decorator '{name}'.", $"{(closest is null ? "" : $"Did you mean '{closest}'? ")}Use one of: {string.Join(", ", known)}.");
    }

    private static ConfigurationException Refused(string name, string why, string fix)
        => new(ErrorCodes.UnknownDecorator, $"The decorator '{name}' cannot be attached.", why, fix) { ExitCode = ExitCodes.Usage };
}
