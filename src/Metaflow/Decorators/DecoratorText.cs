using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Settings;

namespace Metaflow.Decorators;

/// <summary>Makes decorators from the text of <c>--with</c>: <c>retry:times=2,seconds_between_retries=5</c>.</summary>
internal static partial class DecoratorText
{
    private const int MaxShown = 60;

    /// <summary>Makes a decorator.</summary>
    /// <param name="text">The text.</param>
    /// <param name="flow">The flow's class, whose assembly may have decorators of its own.</param>
    /// <returns>The decorator.</returns>
    /// <exception cref="ConfigurationException">The name or an attribute is unknown, or a value does not fit (MF2092). The exit code is
    /// 2.</exception>
    public static DecoratorAttribute Parse(string text, Type flow)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var decorator = DecoratorCatalogue.Make(name, flow) ?? throw UnknownName(name, flow);
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in colon < 0 ? [] : Parts(text[(colon + 1)..]))
        {
            var attribute = part.Split('=')[0];
            if (!given.Add(attribute))
            {
                throw Refused(name, $"'{attribute}' is given twice.", "Keep only one of them.");
            }

            Set(decorator, name, part);
        }

        if (decorator is SecretsAttribute { HasInlineSource: true })
        {
            throw new ConfigurationException(
                ErrorCodes.InlineSecretOnCommandLine,
                "'--with secrets' contains the secret itself.",
                "Everybody on a machine can read command lines.",
                "Put it into a file and write --with secrets:sources=file.secrets.env.")
            { ExitCode = ExitCodes.Usage };
        }

        return decorator;
    }

    /// <summary>Values may hold commas: a comma ends a value only before <c>word=</c>, and never inside JSON.</summary>
    [GeneratedRegex(@",(?=\w+=)")]
    private static partial Regex AttributeStart();

    private static IEnumerable<string> Parts(string text)
    {
        var start = 0;
        while (true)
        {
            var value = text.IndexOf('=', start) + 1;
            var comma = AttributeStart().Match(text, value == 0 ? start : DecoratorList.EndOfJson(text, value));
            if (!comma.Success)
            {
                yield return text[start..];
                yield break;
            }

            yield return text[start..comma.Index];
            start = comma.Index + 1;
        }
    }

    private static void Set(DecoratorAttribute decorator, string name, string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var attribute = equals < 0 ? part : part[..equals];
        var settable = DecoratorData.PropertiesOf(decorator.GetType()).Where(IsForAuthors)
            .ToDictionary(static p => SnakeCase.FromMember(p.Name));
        if (equals < 0 && settable.TryGetValue(attribute, out var bare))
        {
            throw Refused(
                name, $"'{attribute}' needs a value.", $"Write {name}:{attribute}=… with {DecoratorValue.InWords(bare.PropertyType)}.");
        }

        if (equals < 0 || !settable.TryGetValue(attribute, out var property))
        {
            throw Refused(
                name,
                attribute.Length == 0
                    ? "An attribute has no name."
                    : $"Decorator '{decorator.DecoratorName}' has no attribute '{Shortened(attribute)}'.",
                FixOf(attribute, [.. settable.Keys]));
        }

        if (DecoratorValue.TryRead(part[(equals + 1)..], property.PropertyType, out var value))
        {
            Assign(decorator, name, attribute, property, value);
            return;
        }

        // What may be a secret is not shown: only numbers, choices and yes or no are.
        var shown = DecoratorValue.IsPlain(property.PropertyType) ? $"'{Shortened(part[(equals + 1)..])}'" : "The text";
        throw Refused(
            name, $"{shown} is not a valid value for '{attribute}'.", $"Give {DecoratorValue.InWords(property.PropertyType)}.");
    }

    private static bool IsForAuthors(PropertyInfo property)
        => property.GetCustomAttribute<EditorBrowsableAttribute>() is not { State: EditorBrowsableState.Never };

    private static string Shortened(string text) => VisibleText.Beginning(text, MaxShown);

    private static void Assign(DecoratorAttribute decorator, string name, string attribute, PropertyInfo property, object? value)
    {
        try
        {
            property.SetValue(decorator, value);
        }
        catch (TargetInvocationException error)
        {
            // The author's own check of the value. Its words may quote a secret, and stay with the exception.
            throw new ConfigurationException(
                ErrorCodes.UnknownDecorator, $"The decorator '{name}' cannot be attached.",
                $"It rejects the value for '{attribute}'.",
                "Use another value.", error.InnerException)
            { ExitCode = ExitCodes.Usage };
        }
    }

    private static string FixOf(string attribute, IReadOnlyList<string> known)
    {
        var all = known.Count == 0 ? "It has no attributes; write only its name." : $"Use: {string.Join(", ", known)}.";
        return ClosestName.Find(attribute, known) is { } closest ? $"Did you mean '{closest}'? {all}" : all;
    }

    private static ConfigurationException UnknownName(string name, Type flow)
    {
        if (DecoratorCatalogue.OfFlow(name) is { } other)
        {
            return Refused(
                name,
                "It is a decorator of flows, and steps cannot have it.",
                $"Write [{other.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal)}] on the flow's class.");
        }

        var known = DecoratorCatalogue.NamesFor(flow);
        var closest = ClosestName.Find(name, known);
        return Refused(
            Shortened(name),
            $"There is no decorator '{Shortened(name)}'.",
            $"{(closest is null ? "" : $"Did you mean '{closest}'? ")}Use one of: {string.Join(", ", known)}.");
    }

    private static ConfigurationException Refused(string name, string why, string fix)
        => new(ErrorCodes.UnknownDecorator, $"The decorator '{name}' cannot be attached.", why, fix) { ExitCode = ExitCodes.Usage };
}
