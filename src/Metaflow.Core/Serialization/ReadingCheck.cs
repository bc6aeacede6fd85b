using System.Collections;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>Finds the parts of a value that are declared as types which nothing can be read into, before the value is stored in vain.</summary>
/// <param name="root">The name of the value, for errors.</param>
internal sealed class ReadingCheck(string root)
{
    private readonly ValuePath _path = new(root);
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Throws where a part that is there could never be read again.</summary>
    /// <param name="value">The value.</param>
    /// <param name="declared">The type that it is declared as, which is the one that it is read into.</param>
    public void Require(object? value, Type declared)
    {
        if (value is null || CollectionState.IsUnset(value) || !TypeShape.Of(declared).HasUnreadablePart)
        {
            return;
        }

        if (ReadableTypes.WhyNot(declared) is { } whyNot)
        {
            throw SerializationErrors.CannotBeReadAgain(_path, value.GetType(), declared, whyNot);
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
            RequireParts(value, Nullable.GetUnderlyingType(declared) ?? declared);
        }
        else
        {
            RequireOnFreshStack(value, Nullable.GetUnderlyingType(declared) ?? declared);
        }
    }

    // Apart from its caller, where the closure would be made for every value.
    private void RequireOnFreshStack(object value, Type declared) => DeepStack.Continue(() => RequireParts(value, declared));

    private void RequireParts(object value, Type declared)
    {
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
            RequireItems(items.Cast<object?>(), Enumerable.Repeat(element, int.MaxValue));
        }
    }

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
        foreach (var (key, item) in ValueWriter.Pairs(value))
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
        foreach (var member in shape.Members.Where(member => plan.Settable.Contains(member) || plan.Parameters.Any(parameter => parameter.MemberName == member.Name)))
        {
            if (TypeShape.Of(member.Type).HasUnreadablePart)
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
