using System.ComponentModel;
using System.Reflection;
using Metaflow.Cli.Values;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Cli.Graphs;

/// <summary>Writes decorators as they stand in a flow's source: <c>[Retry(Times = 2)]</c>.</summary>
internal static class DecoratorText
{
    private const string Suffix = "Attribute";

    /// <summary>Returns the decorators that an author or a user gave, the framework's own left out.</summary>
    public static IReadOnlyList<string> AllOf(IEnumerable<DecoratorNode> decorators)
        => [.. decorators.Where(static decorator => !decorator.Name.StartsWith('_')).Select(Of)];

    /// <summary>Returns the text of a decorator. Values that its class has anyhow are left out.</summary>
    public static string Of(DecoratorNode decorator)
    {
        var (name, values) = decorator.Origin is DecoratorAttribute attribute
            ? (NameOf(attribute.GetType()), Values(attribute))
            : (Pascal(decorator.Name), decorator.Attributes.Where(static value => value.Value is not null)
                .Select(static value => $"{Pascal(value.Key)} = {Literal(value.Value)}"));
        var list = string.Join(", ", values);
        return list.Length == 0 ? $"[{name}]" : $"[{name}({list})]";
    }

    private static string NameOf(Type type)
    {
        var name = type.Name.Split('`')[0];
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
    }

    private static IEnumerable<string> Values(DecoratorAttribute attribute)
    {
        var usual = Usual(attribute.GetType());
        foreach (var property in DecoratorData.PropertiesOf(attribute.GetType()))
        {
            // What generated code sets, no author writes.
            if (property.GetCustomAttribute<EditorBrowsableAttribute>()?.State == EditorBrowsableState.Never)
            {
                continue;
            }

            var value = property.GetValue(attribute);
            if (value is not null && (usual is null || !Equals(value, property.GetValue(usual))))
            {
                yield return $"{property.Name} = {Literal(value)}";
            }
        }
    }

    // A class whose constructor takes arguments has no usual values.
    private static object? Usual(Type type)
    {
        try
        {
            return type.GetConstructor(Type.EmptyTypes)?.Invoke(null);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }

    private static string Literal(object? value) => value switch
    {
        Enum member => $"{member.GetType().Name}.{member}",
        Type type => $"typeof({type.Name})",
        _ => ValueText.Of(value),
    };

    private static string Pascal(string name)
        => string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries)
            .Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
}
