using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Definition;

/// <summary>Lets structures begin with what their constructor makes, as classes do: the library would take the default value, in which
/// members that are not given are 0, whatever the constructor says.</summary>
internal static class StructConstruction
{
    /// <summary>Changes how objects of a type are made.</summary>
    /// <param name="info">What the library knows of the type.</param>
    public static void Apply(JsonTypeInfo info)
    {
        if (info.Kind == JsonTypeInfoKind.Object && ConstructorOf(info.Type) is { } constructor)
        {
            object?[] arguments = [.. constructor.GetParameters().Select(DefaultOf)];
            info.CreateObject = () => Make(constructor, arguments);
        }
    }

    /// <summary>Returns the parameter of the constructor that a member of a structure is filled by.</summary>
    /// <param name="member">The member; <see langword="null"/> for none.</param>
    /// <returns>The parameter, or <see langword="null"/>.</returns>
    public static ParameterInfo? ParameterOf(MemberInfo? member)
        => member?.DeclaringType is { } type && ConstructorOf(type) is { } constructor
            ? Array.Find(constructor.GetParameters(), parameter => IsOf(parameter, member))
            : null;

    /// <summary>The constructor with the most parameters, all of which are members; classes, and structures that name their constructor,
    /// are the library's.</summary>
    private static ConstructorInfo? ConstructorOf(Type type)
    {
        if (!type.IsValueType || type.IsPrimitive || type.IsEnum || Nullable.GetUnderlyingType(type) is not null
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            || Array.Exists(
                type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance),
                static one => one.IsDefined(typeof(JsonConstructorAttribute))))
        {
            return null;
        }

        var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance);
        return type.GetConstructors()
            .Where(one => one.GetParameters() is { Length: > 0 } parameters
                && Array.TrueForAll(parameters, parameter => Array.Exists(members, member => IsOf(parameter, member))))
            .MaxBy(static one => one.GetParameters().Length);
    }

    private static bool IsOf(ParameterInfo parameter, MemberInfo member)
        => string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)
            && parameter.ParameterType == (member switch
            {
                PropertyInfo property => property.PropertyType,
                FieldInfo field => field.FieldType,
                _ => null,
            });

    private static object? DefaultOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (!parameter.HasDefaultValue || parameter.DefaultValue is not { } value)
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        return (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } enumeration ? Enum.ToObject(enumeration, value) : value;
    }

    private static object Make(ConstructorInfo constructor, object?[] arguments)
    {
        try
        {
            return constructor.Invoke(arguments);
        }
        catch (TargetInvocationException)
        {
            // It refuses what is not given yet; each member that it needs is given afterwards.
            return Activator.CreateInstance(constructor.DeclaringType!)!;
        }
    }
}
