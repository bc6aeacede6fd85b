using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>Compares what is read back with what was stored in that which the stored form does not tell: how many entries there are,
/// whether a set finds its items, how long the axes of an array are, and what collections of the author's own keep beside their
/// items.</summary>
/// <param name="root">The name of the value, for errors.</param>
internal sealed class ReadBackObjects(string root)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private readonly ValuePath _path = new(root);
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Throws where they differ.</summary>
    /// <param name="set">What was stored.</param>
    /// <param name="read">What was read.</param>
    /// <exception cref="Errors.StorageException">MF4112.</exception>
    public void Require(object? set, object? read)
    {
        if (set is null or string or PythonObject or NumericArray || read is null || FrameworkTypes.IsScalar(set.GetType())
            || CollectionState.IsUnset(set) || (set is not ValueType && !_seen.Add(set)))
        {
            return;
        }

        if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            RequireParts(set, read);
        }
        else
        {
            RequireOnFreshStack(set, read);
        }
    }

    // Apart from its caller, where the closure would be made for every value.
    private void RequireOnFreshStack(object set, object read) => DeepStack.Continue(() => RequireParts(set, read));

    private void RequireParts(object set, object read)
    {
        var shape = TypeShape.Of(set.GetType());
        switch (shape.Kind)
        {
            case ShapeKind.Dictionary:
                RequireEntries(set, read, shape);
                break;
            case ShapeKind.Set:
                RequireItemsOfSet((IEnumerable)set, read, shape);
                break;
            case ShapeKind.Sequence when set.GetType().GetInterfaces().Any(IsCollection) && read is IEnumerable items and not string:
                RequireItems((IEnumerable)set, items);
                break;
            case ShapeKind.Record when set is not ITuple && read.GetType() == set.GetType():
                RequireMembers(set, read, shape);
                break;
        }

        if (read.GetType() == set.GetType() && shape.Kind is ShapeKind.Sequence or ShapeKind.Set or ShapeKind.Dictionary
            && !set.GetType().IsArray)
        {
            RequireState(set, read);
        }
    }

    private static bool IsCollection(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() is var definition
            && (definition == typeof(ICollection<>) || definition == typeof(IReadOnlyCollection<>));

    private void RequireEntries(object set, object read, TypeShape shape)
    {
        var entries = DictionaryEntries.Of(set);
        if (TypeShape.Of(read.GetType()).Kind != ShapeKind.Dictionary)
        {
            // Plain data, in which entries whose keys Python cannot hash are pairs of a list.
            RequireCount(entries.Count, (read as ICollection)?.Count ?? entries.Count, shape.Type);
            return;
        }

        var others = DictionaryEntries.Of(read);
        RequireCount(entries.Count, others.Count, shape.Type);
        var mayOrder = !FrameworkTypes.IsOfFramework(shape.Type) && shape.KeyAndValue is { } types && types.Key != typeof(object);
        if (mayOrder && read.GetType() == shape.Type
            && !entries.Select(static entry => entry.Key).SequenceEqual(others.Select(static other => other.Key)))
        {
            throw SerializationErrors.LosesOrder(_path, shape.Type);
        }

        foreach (var (entry, other) in entries.Zip(others).Where(static pair => Equals(pair.First.Key, pair.Second.Key)))
        {
            _path.EnterKey(entry.Key ?? "None");
            Require(entry.Value, other.Value);
            _path.Leave();
        }
    }

    private void RequireItemsOfSet(IEnumerable set, object read, TypeShape shape)
    {
        if (read is not IEnumerable found)
        {
            return;
        }

        var items = found.Cast<object?>().ToList();
        RequireItems(set, items);
        if (TypeShape.Of(read.GetType()) is { Kind: ShapeKind.Set, Element: { } element } && element != typeof(object)
            && typeof(ICollection<>).MakeGenericType(element) is var contract && contract.IsInstanceOfType(read))
        {
            var contains = contract.GetMethod("Contains")!;
            if (items.Exists(item => contains.Invoke(read, [item]) is false))
            {
                throw SerializationErrors.LosesState(_path, shape.Type, "finding an item that refers to what contains the set");
            }
        }
    }

    private void RequireItems(IEnumerable set, IEnumerable read)
    {
        if (set is Array { Rank: > 1 })
        {
            return;
        }

        var (items, others) = (set.Cast<object?>().ToList(), read.Cast<object?>().ToList());
        RequireCount(items.Count, others.Count, set.GetType());
        _path.EnterItems();
        for (var i = 0; i < items.Count; i++)
        {
            _path.At(i);
            Require(items[i], others[i]);
        }

        _path.Leave();
    }

    private void RequireMembers(object set, object read, TypeShape shape)
    {
        if (shape.Hidden.FirstOrDefault(field => FrameworkTypes.IsScalar(field.FieldType)
            && !Equals(field.GetValue(set), field.GetValue(read))) is { } hidden)
        {
            throw SerializationErrors.LosesState(_path, shape.Type, StoredFields.Describe(hidden, shape.Type));
        }

        foreach (var member in shape.Members.Where(static member => !FrameworkTypes.IsScalar(member.Type)))
        {
            _path.EnterMember(member.Name);
            Require(member.Get(set), member.Get(read));
            _path.Leave();
        }
    }

    private void RequireCount(int set, int read, Type type)
    {
        if (set != read)
        {
            throw SerializationErrors.LosesState(
                _path, type,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Math.Abs(set - read)} of its {Math.Max(set, read)} entries, which become equal or appear once they are stored,"));
        }
    }

    /// <summary>Compares what a collection of the author's own keeps beside its items. Counts, versions and flags of how it keeps them may
    /// differ.</summary>
    private void RequireState(object set, object read)
    {
        for (var level = set.GetType(); level is not null && !FrameworkTypes.IsOfFramework(level); level = level.BaseType)
        {
            foreach (var field in level.GetFields(Declared)
                .Where(static field => IsState(field.FieldType) && !field.IsDefined(typeof(ArtifactIgnoreAttribute))))
            {
                if (!level.IsDefined(typeof(ArtifactByPublicMembersAttribute), inherit: false)
                    && !Equals(field.GetValue(set), field.GetValue(read)))
                {
                    throw SerializationErrors.LosesState(_path, set.GetType(), StoredFields.Describe(field, set.GetType()));
                }
            }
        }
    }

    private static bool IsState(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(string) || bare.IsEnum || bare == typeof(double) || bare == typeof(float) || bare == typeof(char)
            || (bare.IsValueType && !bare.IsPrimitive && FrameworkTypes.IsScalar(bare));
    }
}
