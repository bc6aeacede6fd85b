using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Metaflow.Serialization;

/// <summary>Converts plain values into the types that are wanted. What was one object stays one; cycles are kept.</summary>
/// <param name="root">The name of the value, for errors.</param>
internal sealed partial class ValueReader(string root)
{
    private readonly ValuePath _path = new(root);
    private readonly NaturalArrays _arrays = new();
    private readonly Dictionary<object, Conversion> _conversions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets the place that is being read, for errors.</summary>
    public ValuePath Path => _path;

    public object? Convert(object? value, Type type)
    {
        if (value is null)
        {
            if (type == typeof(JsonElement))
            {
                return JsonForm.FromPlain(null, type);
            }

            if (CollectionState.MayBeUnset(type))
            {
                return Activator.CreateInstance(type);
            }

            return type.IsValueType && Nullable.GetUnderlyingType(type) is null ? throw DoesNotFit(value, type) : null;
        }

        if (ExactTypes.Is(value, type))
        {
            return value is string or ValueType || type == typeof(NumericArray) ? value : _arrays.Of(value);
        }

        if (value is string or ValueType)
        {
            return Scalar(value, Nullable.GetUnderlyingType(type) ?? type) ?? throw DoesNotFit(value, type);
        }

        return ConvertObject(value, Nullable.GetUnderlyingType(type) ?? type);
    }

    private Errors.StorageException DoesNotFit(object? value, Type type)
        => SerializationErrors.DoesNotFit(_path, type, PythonTypeName.OfPlain(value));

    private object ConvertObject(object value, Type type)
    {
        if (value is NumericArray { Shape.Count: 0 } single && type != typeof(NumericArray))
        {
            return Convert(single.GetValue(0), type) ?? throw DoesNotFit(value, type);
        }

        if (MaskedArrays.ItemsOf(value) is { } items)
        {
            return ConvertObject(items, type);
        }

        if (Find(value, type) is { } known)
        {
            return known.Result ?? throw SerializationErrors.CycleThroughConstructor(_path, type);
        }

        if (_path.Depth > DeepStack.DeepestNesting)
        {
            throw SerializationErrors.NestedTooDeeply(DeepStack.DeepestNesting);
        }

        return RuntimeHelpers.TryEnsureSufficientExecutionStack()
            ? ConvertNew(value, type)
            : ConvertOnFreshStack(value, type);
    }

    // Apart from its caller, where the closure would be made for every value.
    private object ConvertOnFreshStack(object value, Type type) => DeepStack.Continue(() => (object?)ConvertNew(value, type))!;

    private object ConvertNew(object value, Type type)
    {
        var conversion = Begin(value, type);
        var result = type.IsArray || type.IsInterface || type.IsGenericType ? Common(value, type, conversion) : null;
        result ??= ByType(value, type, conversion) ?? throw DoesNotFit(value, type);
        conversion.Result = result;
        return result;
    }

    private object? ByType(object value, Type type, Conversion conversion)
    {
        if (type == typeof(StepFailure))
        {
            return StepFailureEncoding.FromPython(value);
        }

        if (typeof(IPythonForm).IsAssignableFrom(type))
        {
            return value is PythonObject stored ? FormReader.Of(type).Read(stored) : null;
        }

        if (type.IsAssignableFrom(typeof(Array)) && AnyArray(value) is { } array)
        {
            return array;
        }

        if (type.IsArray && type.GetArrayRank() > 1)
        {
            return Rectangle(value, type);
        }

        if (typeof(ITuple).IsAssignableFrom(type))
        {
            return Tuple(value, type);
        }

        if (type.IsEnum || type.IsPrimitive)
        {
            return Scalar(value, type);
        }

        var shape = TypeShape.Of(type);
        return shape.Kind switch
        {
            ShapeKind.Pair => Tuple(value, type),
            ShapeKind.Dictionary when shape.KeyAndValue is not null => Dictionary(value, shape, conversion),
            ShapeKind.Set or ShapeKind.Sequence when shape.Element is not null => Sequence(value, shape, conversion),
            ShapeKind.Record => Record(value, shape, conversion),
            ShapeKind.Scalar => JsonForm.Is(type) ? JsonForm.FromPlain(value, type) : null,
            _ => throw SerializationErrors.CannotBeConstructed(_path, type, "Values cannot be read into this type"),
        };
    }

    private Conversion? Find(object value, Type type)
    {
        var conversion = _conversions.GetValueOrDefault(value);
        while (conversion is not null && conversion.Type != type)
        {
            conversion = conversion.Next;
        }

        return conversion;
    }

    private Conversion Begin(object value, Type type)
    {
        var conversion = new Conversion(type, _conversions.GetValueOrDefault(value));
        _conversions[value] = conversion;
        return conversion;
    }

    /// <summary>What an object was converted into, for each type it was wanted as; without a result while its parts are
    /// converted.</summary>
    private sealed class Conversion(Type type, Conversion? next)
    {
        public Type Type => type;

        public Conversion? Next => next;

        public object? Result { get; set; }
    }
}
