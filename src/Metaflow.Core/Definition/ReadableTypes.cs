using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Metaflow.Definition;

/// <summary>Says which types have a form on the command line: of those that have none, no text is ever read.</summary>
/// <remarks>The analyzer has the same rule over symbols; a test walks the same types through both, and through the reading
/// itself.</remarks>
internal static class ReadableTypes
{
    private static readonly Type[] Interfaces =
    [
        typeof(IEnumerable), typeof(ICollection), typeof(IList), typeof(IDictionary), typeof(IEnumerable<>), typeof(ICollection<>),
        typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(ISet<>), typeof(IDictionary<,>),
        typeof(IReadOnlyDictionary<,>),
    ];

    // Their items are added by methods of their own.
    private static readonly Type[] Piles =
    [
        typeof(Stack<>), typeof(Queue<>), typeof(ConcurrentStack<>), typeof(ConcurrentQueue<>), typeof(Stack), typeof(Queue),
    ];

    /// <summary>Returns the part of a type, or the type itself, that has no form.</summary>
    /// <param name="type">The type of a parameter.</param>
    /// <returns>The part; <see langword="null"/> when values of the type can be read.</returns>
    public static Type? FirstWithoutForm(Type type) => Find(type, []);

    private static Type? Find(Type given, HashSet<Type> seen)
    {
        var type = Nullable.GetUnderlyingType(given) ?? given;
        if (type == typeof(object) || type == typeof(string) || ScalarText.Knows(type) || IsOfJson(type) || !seen.Add(type))
        {
            return null;
        }

        var parts = type.IsArray ? (type.IsSZArray ? [type.GetElementType()!] : null)
            : Is(type, typeof(Memory<>)) || Is(type, typeof(ReadOnlyMemory<>)) ? type.GetGenericArguments()
            : type.IsAssignableTo(typeof(IEnumerable)) ? PartsOfCollection(type)
            : PartsOfObject(type);
        return parts is null ? type : parts.Select(part => Find(part, seen)).FirstOrDefault(static found => found is not null);
    }

    private static bool IsOfJson(Type type)
        => type == typeof(JsonElement) || type == typeof(JsonDocument) || type.IsAssignableTo(typeof(JsonNode))
            || type.IsDefined(typeof(JsonConverterAttribute), inherit: false);

    /// <summary>Returns the types of the values or items; <see langword="null"/> where no collection can be made, or filled.</summary>
    private static Type[]? PartsOfCollection(Type type)
    {
        if (!CanBeFilled(type))
        {
            return null;
        }

        if ((Implemented(type, typeof(IDictionary<,>)) ?? Implemented(type, typeof(IReadOnlyDictionary<,>))) is { } dictionary)
        {
            return dictionary.GetGenericArguments() is [var key, var value] && (key == typeof(string) || ScalarText.Knows(key))
                ? [value]
                : null;
        }

        return Implemented(type, typeof(IEnumerable<>)) is { } items ? items.GetGenericArguments() : [];
    }

    private static bool CanBeFilled(Type type)
    {
        if (ReadOnlyCollections.MadeFrom(type) != type || (type.Namespace == "System.Collections.Immutable" && !type.IsNested))
        {
            return true;
        }

        if (type.IsInterface)
        {
            return Interfaces.Any(known => Is(type, known));
        }

        return !type.IsAbstract && (type.IsValueType || type.GetConstructor([]) is not null) && !Is(type, typeof(ArraySegment<>))
            && (type.IsAssignableTo(typeof(IList)) || type.IsAssignableTo(typeof(IDictionary))
                || Implemented(type, typeof(ICollection<>)) is not null
                || Levels(type).Any(static level => Piles.Any(pile => Is(level, pile))));
    }

    /// <summary>Returns the types of the members that must be given; <see langword="null"/> where no object can be made, or no member be
    /// given.</summary>
    private static Type[]? PartsOfObject(Type type)
    {
        if (type.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false)
            || type.IsDefined(typeof(JsonPolymorphicAttribute), inherit: false))
        {
            return [];
        }

        if (type.IsAbstract || type.IsPointer || type.IsByRefLike || type.IsAssignableTo(typeof(Delegate))
            || type.IsAssignableTo(typeof(Exception)) || !TryFindConstructor(type, out var constructor))
        {
            return null;
        }

        var members = MembersOf(type);
        var arguments = constructor?.GetParameters() ?? [];
        if (arguments.Any(argument => !members.Any(member => IsOf(argument, member))) || !(arguments.Length > 0 || members.Any(CanSet)))
        {
            return null;
        }

        var needed = members.Where(member => arguments.FirstOrDefault(argument => IsOf(argument, member)) is { HasDefaultValue: false }
            || (IsRequired(member) && !SetsRequired(constructor)));
        return [.. needed.Where(static member => !member.IsDefined(typeof(JsonConverterAttribute))).Select(TypeOf)];
    }

    /// <summary>Finds the constructor that JSON objects are made by; there is none for a structure that is filled after it was
    /// made.</summary>
    private static bool TryFindConstructor(Type type, out ConstructorInfo? constructor)
    {
        var all = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        var open = all.Where(static one => one.IsPublic).ToList();
        constructor = all.FirstOrDefault(static one => one.IsDefined(typeof(JsonConstructorAttribute)));
        if (constructor is null && (!type.IsValueType || Is(type, typeof(KeyValuePair<,>))))
        {
            constructor = open.Find(static one => one.GetParameters().Length == 0) ?? (open.Count == 1 ? open[0] : null);
        }

        return constructor is not null || type.IsValueType;
    }

    private static List<MemberInfo> MembersOf(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.GetIndexParameters().Length == 0 && !IsIgnored(property)),
        .. type.GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Where(static field => field.IsDefined(typeof(JsonIncludeAttribute)) && !IsIgnored(field)),
    ];

    private static bool IsIgnored(MemberInfo member)
        => member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always };

    private static bool CanSet(MemberInfo member) => member switch
    {
        PropertyInfo property => property.SetMethod is { } setter && (setter.IsPublic || property.IsDefined(typeof(JsonIncludeAttribute))),
        FieldInfo field => !field.IsInitOnly,
        _ => false,
    };

    private static bool IsRequired(MemberInfo member)
        => member.IsDefined(typeof(RequiredMemberAttribute)) || member.IsDefined(typeof(JsonRequiredAttribute));

    private static bool SetsRequired(ConstructorInfo? constructor)
        => constructor?.IsDefined(typeof(System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute)) ?? false;

    private static bool IsOf(ParameterInfo argument, MemberInfo member)
        => string.Equals(argument.Name, member.Name, StringComparison.OrdinalIgnoreCase) && argument.ParameterType == TypeOf(member);

    private static Type TypeOf(MemberInfo member)
        => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    private static Type? Implemented(Type type, Type definition)
        => type.GetInterfaces().Prepend(type).FirstOrDefault(other => Is(other, definition));

    private static IEnumerable<Type> Levels(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            yield return level;
        }
    }

    private static bool Is(Type type, Type definition) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type) == definition;
}
