using System.Collections;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>Finds the parts of a value that would not be read back as what they are, before the value is stored in vain: parts declared
/// as types which nothing can be read into, and objects of a type derived from the declared one.</summary>
/// <param name="root">The name of the value, for errors.</param>
/// <param name="enumerated">The items of what was enumerated already and is not a collection, by identity.</param>
internal sealed class ReadingCheck(string root, IReadOnlyDictionary<object, IList>? enumerated = null)
{
    private readonly ValuePath _path = new(root);
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Throws where a part that is there could never be read again, or not as what it is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="declared">The type that it is declared as, which is the one that it is read into.</param>
    /// <exception cref="Errors.StorageException">MF4105 or MF4113.</exception>
    public void Require(object? value, Type declared)
    {
        if (value is null || !TypeShape.Of(declared).MayDiffer || CollectionState.IsUnset(value))
        {
            return;
        }

        if (ReadableTypes.WhyNot(declared) is { } whyNot)
        {
            throw SerializationErrors.CannotBeReadAgain(_path, value.GetType(), declared, whyNot);
        }

        var bare = Nullable.GetUnderlyingType(declared) ?? declared;
        if (value.GetType() != bare)
        {
            RequireNoOther(value, bare);
        }

        if (!TypeShape.Of(bare).PartsMayDiffer && !ReadableTypes.HoldsAnything(bare))
        {
            return;
        }

        if (_path.Depth > DeepStack.DeepestNesting)
        {
            throw SerializationErrors.NestedTooDeeply(DeepStack.DeepestNesting);
        }

        if (!value.GetType().IsValueType && !_seen.Add(value))
        {
            return;
        }

        if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            RequireParts(value, bare);
        }
        else
        {
            RequireOnFreshStack(value, bare);
        }
    }

    /// <summary>Throws where one of some items could not be read again as what it is.</summary>
    /// <param name="items">The items.</param>
    /// <param name="declared">The type that each is read into.</param>
    /// <exception cref="Errors.StorageException">MF4105 or MF4113.</exception>
    public void RequireEach(IEnumerable<object?> items, Type declared)
    {
        if (TypeShape.Of(declared).MayDiffer)
        {
            RequireItems(items, Enumerable.Repeat(declared, int.MaxValue));
        }
    }

    /// <summary>Throws where a value is stored by members of a type of its own, of which the declared one says nothing. An anonymous
    /// object has no type that anyone could declare: it is plain data.</summary>
    private void RequireNoOther(object value, Type declared)
    {
        if (value is Array && !ExactTypes.Is(value, declared))
        {
            throw SerializationErrors.ItemsOfAnotherType(_path, value.GetType(), declared);
        }

        var isAnonymous = value.GetType().Name.StartsWith("<>", StringComparison.Ordinal);
        if ((ReadableTypes.IsRecord(value.GetType()) && !isAnonymous)
            || (ReadableTypes.IsRecord(declared) && !ReadableTypes.HoldsAnything(declared)))
        {
            throw SerializationErrors.DerivedTypeWouldBeLost(_path, value.GetType(), declared, ReadableTypes.HoldsAnything(declared));
        }
    }

    // Apart from its caller, where the closure would be made for every value.
    private void RequireOnFreshStack(object value, Type declared) => DeepStack.Continue(() => RequireParts(value, declared));

    private void RequireParts(object value, Type declared)
    {
        if (ReadableTypes.HoldsAnything(declared))
        {
            RequirePlainParts(value);
            return;
        }

        var shape = TypeShape.Of(declared);
        if (value is ITuple tuple && typeof(ITuple).IsAssignableFrom(declared))
        {
            RequireItems(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), TupleTypes(declared));
        }
        else if (shape.Kind == ShapeKind.Dictionary && shape.KeyAndValue is { } types)
        {
            RequireEntries(value, types);
        }
        else if (shape.Kind == ShapeKind.Pair)
        {
            RequireItems(shape.Members.Select(member => member.Get(value)), declared.GetGenericArguments());
        }
        else if (shape.Kind == ShapeKind.Record)
        {
            RequireMembers(value, shape);
        }
        else if (value is IEnumerable items && (declared.IsArray ? declared.GetElementType() : shape.Element) is { } element)
        {
            RequireItems(ItemsOf(items), Enumerable.Repeat(element, int.MaxValue));
        }
    }

    /// <summary>Looks at the parts of a value that is read as plain data: each of them is too.</summary>
    private void RequirePlainParts(object value)
    {
        var type = value.GetType();
        var shape = TypeShape.Of(type);
        if (value is string or IPythonForm or PythonObject or NumericArray || shape.Kind == ShapeKind.Scalar
            || (shape.Element is { } element && FrameworkTypes.IsScalar(element)))
        {
            return;
        }

        if (value is ITuple tuple)
        {
            RequireItems(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), Enumerable.Repeat(typeof(object), tuple.Length));
        }
        else if (shape.Kind == ShapeKind.Dictionary)
        {
            RequireEntries(value, (typeof(object), typeof(object)));
        }
        else if (shape.Kind is ShapeKind.Pair or ShapeKind.Record && ReadableTypes.IsRecord(type))
        {
            RequirePlainMembers(value, shape);
        }
        else if (value is IEnumerable items)
        {
            RequireItems(ItemsOf(items), Enumerable.Repeat(typeof(object), int.MaxValue));
        }
    }

    private void RequirePlainMembers(object value, TypeShape shape)
    {
        foreach (var member in shape.Members)
        {
            _path.EnterMember(member.Name);
            Require(member.Get(value), typeof(object));
            _path.Leave();
        }
    }

    private IEnumerable<object?> ItemsOf(IEnumerable items)
        => (enumerated is not null && enumerated.TryGetValue(items, out var known) ? known : items).Cast<object?>();

    private void RequireItems(IEnumerable<object?> items, IEnumerable<Type> types)
    {
        var index = 0;
        _path.EnterItems();
        foreach (var (item, type) in items.Zip(types))
        {
            _path.At(index++);
            Require(item, type);
        }

        _path.Leave();
    }

    private void RequireEntries(object value, (Type Key, Type Value) types)
    {
        foreach (var (key, item) in DictionaryEntries.Of(value))
        {
            _path.EnterKey(key ?? "None");
            Require(key, types.Key);
            Require(item, types.Value);
            _path.Leave();
        }
    }

    private void RequireMembers(object value, TypeShape shape)
    {
        var plan = shape.Construction;
        foreach (var member in shape.Members
            .Where(member => plan.Settable.Contains(member) || plan.Parameters.Any(parameter => parameter.MemberName == member.Name)))
        {
            if (TypeShape.Of(member.Type).MayDiffer)
            {
                _path.EnterMember(member.Name);
                Require(member.Get(value), member.Type);
                _path.Leave();
            }
        }
    }

    // A tuple of more than seven items keeps the rest in another tuple.
    private static Type[] TupleTypes(Type tuple)
    {
        var types = tuple.GetGenericArguments();
        return types.Length == 8 && typeof(ITuple).IsAssignableFrom(types[7]) ? [.. types[..7], .. TupleTypes(types[7])] : types;
    }
}
