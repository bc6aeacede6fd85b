using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Metaflow.Errors;

namespace Metaflow.Serialization;

/// <summary>Tells the types that values can be read into from those that nothing could ever be read into.</summary>
internal static class ReadableTypes
{
    // A generic type may be made of ever larger ones of itself; what such a one holds is looked at in the value.
    private const int MostTypes = 200;

    // What a pickle is read as before it is converted: a type that such a value has already needs no conversion.
    private static readonly Type[] Plain =
    [
        typeof(string), typeof(bool), typeof(long), typeof(double), typeof(BigInteger), typeof(decimal), typeof(Complex), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(byte[]),
        typeof(List<object?>), typeof(Dictionary<object, object?>), typeof(HashSet<object?>), typeof(PythonTuple), typeof(PythonObject),
        typeof(PythonClass), typeof(NumericArray), typeof(NumericType), typeof(StepFailure),
    ];

    /// <summary>Returns why no value can be read into a type, whatever its parts are.</summary>
    /// <returns><see langword="null"/> when one can, or when the type cannot be stored at all.</returns>
    public static string? WhyNot(Type type)
    {
        if (type.IsArray || Array.Exists(Plain, type.IsAssignableFrom) || typeof(IPythonForm).IsAssignableFrom(type)
            || (typeof(ITuple).IsAssignableFrom(type) && type != typeof(ITuple)) || type == typeof(Array))
        {
            return null;
        }

        var shape = TypeShape.Of(Nullable.GetUnderlyingType(type) ?? type);
        return shape.Kind switch
        {
            ShapeKind.Record => shape.Construction.WhyNot,
            ShapeKind.Dictionary => CanMakeDictionary(shape)
                ? null
                : "The type cannot be constructed from its keys and values",
            ShapeKind.Set or ShapeKind.Sequence =>
                CanMakeSequence(shape) ? null : "The type cannot be constructed from its items",
            _ => null,
        };
    }

    /// <summary>Returns true if values of several types are read into a type as the plain data that they are stored as:
    /// <see cref="object"/>, and interfaces that say nothing of the parts.</summary>
    public static bool HoldsAnything(Type type)
        => (type.IsInterface || type.IsAbstract || type == typeof(object)) && Array.Exists(Plain, type.IsAssignableFrom)
            && TypeShape.Of(type) is { Element: null, KeyAndValue: null };

    /// <summary>Returns true if objects of a type are stored by their members, so that one of a derived type has members that the type
    /// does not tell.</summary>
    public static bool IsRecord(Type type)
        => TypeShape.Of(type).Kind == ShapeKind.Record && !Plain.Contains(type) && !typeof(IPythonForm).IsAssignableFrom(type)
            && !typeof(ITuple).IsAssignableFrom(type);

    /// <summary>Returns the types that the parts of a type are read into.</summary>
    public static IEnumerable<Type> Parts(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsArray)
        {
            return [bare.GetElementType()!];
        }

        if (typeof(ITuple).IsAssignableFrom(bare) && bare.IsGenericType)
        {
            return bare.GetGenericArguments();
        }

        var shape = TypeShape.Of(bare);
        return shape.Kind switch
        {
            _ when typeof(IPythonForm).IsAssignableFrom(bare) || bare == typeof(object)
                || (Plain.Contains(bare) && shape.Element is null) => [],
            ShapeKind.Pair => bare.GetGenericArguments(),
            ShapeKind.Dictionary when shape.KeyAndValue is { } pair => [pair.Key, pair.Value],
            ShapeKind.Set or ShapeKind.Sequence when shape.Element is { } element => [element],
            ShapeKind.Record =>
            [
                .. shape.Construction.Parameters.Select(parameter => parameter.Type),
                .. shape.Construction.Settable.Select(member => member.Type),
            ],
            _ => [],
        };
    }

    /// <summary>Returns true if a value of the type may have a part that is not read back as what it is: one that nothing can be read
    /// into, or that is of a derived type.</summary>
    public static bool MayDiffer(Type type)
    {
        var known = new HashSet<Type> { type };
        var next = new Queue<Type>(known);
        while (next.TryDequeue(out var each))
        {
            if (known.Count > MostTypes || IsProblem(each, known, next))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsProblem(Type type, HashSet<Type> known, Queue<Type> next)
    {
        try
        {
            foreach (var part in Parts(type).Where(known.Add))
            {
                next.Enqueue(part);
            }

            return WhyNot(type) is not null || HoldsAnything(type) || MayBeOtherArray(type)
                || (!type.IsSealed && !type.IsValueType && IsRecord(type));
        }
        catch (StorageException)
        {
            // Two members with one key: an error once there is a value of the type, and not before.
            return true;
        }
    }

    // The runtime lets an array of other numbers of the same size stand there.
    private static bool MayBeOtherArray(Type type)
        => (type.IsArray ? type.GetElementType() : type is { IsInterface: true, IsGenericType: true } ? type.GenericTypeArguments[0] : null)
            is { } element && (element.IsPrimitive || element.IsEnum)
            && type.IsAssignableFrom(type.IsArray ? type : element.MakeArrayType());

    private static bool CanMakeDictionary(TypeShape shape)
    {
        try
        {
            return shape.KeyAndValue is not null
                && (shape.Dictionaries.CreateEmpty(shape.Type, 0)
                    ?? shape.Dictionaries.FromPairs(shape.Type, shape.Dictionaries.CreateBuffer())) is not null;
        }
        catch (TargetInvocationException)
        {
            // A constructor that wants entries says nothing about those that there will be.
            return true;
        }
    }

    private static bool CanMakeSequence(TypeShape shape)
    {
        try
        {
            return shape.Element is not null
                && (shape.Sequences.CreateEmpty(shape.Type, 0) ?? shape.Sequences.FromItems(shape.Type, [])) is not null;
        }
        catch (TargetInvocationException)
        {
            return true;
        }
    }
}
