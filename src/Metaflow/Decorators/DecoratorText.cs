using System.Globalization;
using System.Text.RegularExpressions;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Decorators;

/// <summary>Makes decorators from the text of <c>--with</c>: <c>retry:times=2,seconds_between_retries=5</c>.</summary>
internal static partial class DecoratorText
{
    private static readonly IReadOnlyDictionary<string, Func<DecoratorAttribute>> Known = new SortedDictionary<string, Func<DecoratorAttribute>>(StringComparer.Ordinal)
    {
        ["catch"] = static () => new CatchAttribute(),
        [NoCacheAttribute.DiskName] = static () => new NoCacheAttribute(),
        ["retry"] = static () => new RetryAttribute(),
        ["timeout"] = static () => new TimeoutAttribute(),
    };

    /// <summary>Gets the names that are known, sorted.</summary>
    public static IReadOnlyList<string> KnownNames { get; } = [.. Known.Keys];

    /// <summary>Makes a decorator.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The decorator.</returns>
    /// <exception cref="ConfigurationException">The name or an attribute is unknown, or a value does not fit (MF2092). The exit code is 2.</exception>
    public static DecoratorAttribute Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        if (!Known.TryGetValue(name, out var make))
        {
            throw Unknown(text, $"There is no decorator '{name}'.", $"Use one of: {string.Join(", ", KnownNames)}.");
        }

        var decorator = make();
        foreach (var part in colon < 0 ? [] : AttributeStart().Split(text[(colon + 1)..]))
        {
            Set(decorator, text, part);
        }

        return decorator;
    }

    /// <summary>Values may hold commas: a comma ends a value only before <c>word=</c>.</summary>
    [GeneratedRegex(@",(?=\w+=)")]
    private static partial Regex AttributeStart();

    private static void Set(DecoratorAttribute decorator, string text, string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? part : part[..equals];
        var settable = decorator.GetType().GetProperties().Where(static p => p.CanWrite).ToDictionary(static p => SnakeCase.FromMember(p.Name));
        if (equals < 0 || !settable.TryGetValue(name, out var property))
        {
            throw Unknown(text, $"Decorator '{decorator.DecoratorName}' has no attribute '{name}'.", $"Use: {string.Join(", ", settable.Keys)}.");
        }

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        try
        {
            property.SetValue(decorator, Convert.ChangeType(part[(equals + 1)..], type, CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is FormatException or OverflowException or InvalidCastException)
        {
            throw Unknown(text, $"'{part[(equals + 1)..]}' is no value of attribute '{name}'.", $"Give {InWords(type)}.");
        }
    }

    private static string InWords(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) || type == typeof(decimal) => "a number",
        _ => "a text",
    };

    private static ConfigurationException Unknown(string text, string why, string fix)
        => new(ErrorCodes.UnknownDecorator, $"The decorator '{text}' cannot be attached.", why, fix) { ExitCode = ExitCodes.Usage };
}
