using System.Reflection;
using Metaflow.Naming;

namespace Metaflow.Definition;

/// <summary>What a decorator's class itself says of it, where the decorator does not. Never used by a task that runs.</summary>
internal static class DecoratorData
{
    private const string Suffix = "Attribute";

    /// <summary>Returns the name of a decorator's class on disk.</summary>
    /// <param name="type">The class.</param>
    /// <returns>The name in snake case, without <c>Attribute</c>.</returns>
    public static string NameOf(Type type)
        => SnakeCase.FromMember(type.Name.Length > Suffix.Length && type.Name.EndsWith(Suffix, StringComparison.Ordinal)
            ? type.Name[..^Suffix.Length]
            : type.Name);

    /// <summary>Returns the properties that an author sets.</summary>
    /// <param name="type">The decorator's class.</param>
    /// <returns>The properties in the order of the source, those of base classes first.</returns>
    public static IReadOnlyList<PropertyInfo> PropertiesOf(Type type)
        => [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(static property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .OrderBy(static property => DepthOf(property.DeclaringType)).ThenBy(static property => property.MetadataToken)];

    /// <summary>Returns the values of the properties that an author sets.</summary>
    /// <param name="decorator">The decorator.</param>
    /// <returns>The values by name on disk.</returns>
    public static IReadOnlyList<KeyValuePair<string, object?>> Of(DecoratorAttribute decorator) =>
    [
        .. PropertiesOf(decorator.GetType())
            .Select(property => new KeyValuePair<string, object?>(SnakeCase.FromMember(property.Name), property.GetValue(decorator))),
    ];

    private static int DepthOf(Type? type)
    {
        var depth = 0;
        for (var current = type; current is not null; current = current.BaseType)
        {
            depth++;
        }

        return depth;
    }
}
