using System.Reflection;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>Tells the fields of a type that its stored members give back from those that would be lost.</summary>
internal static class StoredFields
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
    private const string BackingSuffix = ">k__BackingField";
    private const string AnonymousSuffix = ">i__Field";

    /// <summary>Returns the field that the compiler made for a property.</summary>
    public static FieldInfo? BackingOf(PropertyInfo property)
        => property.DeclaringType?.GetField($"<{property.Name}{BackingSuffix}", Declared);

    /// <summary>Returns the first field that nothing stored stands for, as text for an error.</summary>
    public static string? FirstLost(TypeShape shape)
    {
        // What an iterator method returns is a collection that the compiler wrote: its fields are how it makes the items.
        var isIterator = shape.Kind == ShapeKind.Sequence && shape.Type.Name.StartsWith('<');
        if (isIterator || shape.Kind is ShapeKind.Scalar or ShapeKind.Pair or ShapeKind.Forbidden
            || FrameworkTypes.IsOfFramework(shape.Type))
        {
            return null;
        }

        if (InlinePartOf(shape.Type) is { } part)
        {
            return part;
        }

        // The private fields of a collection that is not made of another one are where it keeps its items.
        var isOwnCollection = shape.Kind != ShapeKind.Record && !Levels(shape.Type).Any(FrameworkTypes.IsOfFramework);
        var members = shape.Kind == ShapeKind.Record ? shape.Members : [];
        return Levels(shape.Type)
            .Where(level => !level.IsDefined(typeof(ArtifactByPublicMembersAttribute), inherit: false)
                && (shape.Kind == ShapeKind.Record || !FrameworkTypes.IsOfFramework(level)))
            .SelectMany(level => level.GetFields(Declared))
            .Where(field => !isOwnCollection || field.IsPublic || PropertyOf(field) is not null)
            .Where(field => !IsGivenBack(field, members))
            .Select(field => Describe(field, shape.Type)).FirstOrDefault();
    }

    private static IEnumerable<Type> Levels(Type type)
    {
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            yield return level;
        }
    }

    private static bool IsGivenBack(FieldInfo field, IReadOnlyList<MemberShape> members)
    {
        if (field.IsDefined(typeof(ArtifactIgnoreAttribute)))
        {
            return true;
        }

        if (PropertyOf(field) is not { } property)
        {
            return members.Any(member => member.Field == field);
        }

        // The property that overrides another one stands for it, where it can be set: one with a getter alone would leave the field of the
        // other as it is made.
        return property.IsDefined(typeof(ArtifactIgnoreAttribute))
            || members.Any(member => (member.CanSet || member.Property?.DeclaringType == property.DeclaringType)
                && member.Property?.GetMethod?.GetBaseDefinition() is { } stored && stored == property.GetMethod?.GetBaseDefinition());
    }

    /// <summary>Returns the fields of properties that are overridden by ones with fields of their own: they stay as they are made, as long
    /// as nobody sets them by their class.</summary>
    public static IReadOnlyList<FieldInfo> Hidden(TypeShape shape) =>
    [
        .. Levels(shape.Type).Skip(1).SelectMany(static level => level.GetFields(Declared))
            .Where(field => PropertyOf(field) is { GetMethod.IsVirtual: true } property
                && !property.IsDefined(typeof(ArtifactIgnoreAttribute))
                && shape.Members.Any(member => member.Keeper is { } keeper && keeper != field
                    && member.Property?.GetMethod?.GetBaseDefinition() == property.GetMethod.GetBaseDefinition())),
    ];

    /// <summary>Returns what follows the first element of a structure that the compiler lays out as a buffer: no field stands for
    /// it.</summary>
    private static string? InlinePartOf(Type type)
    {
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { Length: var length })
        {
            return $"the elements after the first of its {length}";
        }

        return type.GetFields(Declared).FirstOrDefault(static field => field.IsDefined(typeof(FixedBufferAttribute))) is { } buffer
            ? $"all but the first element of the buffer '{buffer.Name}'"
            : null;
    }

    private static PropertyInfo? PropertyOf(FieldInfo field) => PropertyNameOf(field.Name) is { } name
        ? field.DeclaringType!.GetProperties(Declared).FirstOrDefault(property => property.Name == name)
        : null;

    /// <summary>Returns the name of the property that a compiler made a field for: C#'s of a property, C#'s of an anonymous object, F#'s of
    /// a record.</summary>
    private static string? PropertyNameOf(string field) => field switch
    {
        ['<', ..] when field.EndsWith(BackingSuffix, StringComparison.Ordinal) => field[1..^BackingSuffix.Length],
        ['<', ..] when field.EndsWith(AnonymousSuffix, StringComparison.Ordinal) => field[1..^AnonymousSuffix.Length],
        [.. var name, '@'] => name,
        _ => null,
    };

    /// <summary>Describes a field as text for an error.</summary>
    public static string Describe(FieldInfo field, Type type)
    {
        var place = field.DeclaringType == type ? "" : $" of its base '{TypeName.Of(field.DeclaringType!)}'";
        if (PropertyOf(field) is { } property)
        {
            return $"the property '{property.Name}'{place}";
        }

        // The compiler keeps a parameter of the constructor that the members use in a field named <parameter>P.
        return field.Name is ['<', .. var parameter, '>', 'P']
            ? $"the constructor's parameter '{parameter}'{place}"
            : $"the field '{field.Name}'{place}";
    }
}
