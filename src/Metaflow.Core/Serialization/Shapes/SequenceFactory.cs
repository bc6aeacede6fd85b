using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Metaflow.Serialization;

/// <summary>Makes collections of a type of items.</summary>
internal abstract class SequenceFactory
{
    public static SequenceFactory Of(Type element)
        => (SequenceFactory)Activator.CreateInstance(typeof(SequenceFactory<>).MakeGenericType(element))!;

    /// <summary>Makes an empty collection that items can be added to, or <see langword="null"/> when the type is made from all its items at
    /// once.</summary>
    public abstract object? CreateEmpty(Type type, int count);

    public abstract void Add(object target, int index, object? item);

    /// <summary>Makes a collection from its items, or <see langword="null"/> when there is no way to.</summary>
    public abstract object? FromItems(Type type, List<object?> items);
}

/// <summary>Makes collections of items.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
internal sealed class SequenceFactory<T> : SequenceFactory
{
    private static readonly Type[] Stacks = [typeof(Stack<T>), typeof(ConcurrentStack<T>), typeof(IImmutableStack<T>)];

    public override object? CreateEmpty(Type type, int count)
    {
        if (type.IsSZArray)
        {
            return new T[count];
        }

        if (type.IsAssignableFrom(typeof(List<T>)))
        {
            return new List<T>(count);
        }

        if (type.IsAssignableFrom(typeof(HashSet<T>)))
        {
            return new HashSet<T>(count);
        }

        var canAdd = !type.IsAbstract && typeof(ICollection<T>).IsAssignableFrom(type) && type.GetConstructor(Type.EmptyTypes) is not null;
        if (!canAdd || Activator.CreateInstance(type) is not ICollection<T> { IsReadOnly: false } collection)
        {
            return null;
        }

        // Items that the constructor adds are among those stored, or were removed.
        collection.Clear();
        return collection;
    }

    public override void Add(object target, int index, object? item)
    {
        if (target is List<T> list)
        {
            list.Add((T)item!);
        }
        else if (target is T[] array)
        {
            array[index] = (T)item!;
        }
        else
        {
            ((ICollection<T>)target).Add((T)item!);
        }
    }

    public override object? FromItems(Type type, List<object?> items)
    {
        var typed = items.ConvertAll(item => (T)item!);
        return Immutable(type, typed) ?? FromConstructor(type, typed);
    }

    private static object? Immutable(Type type, List<T> items)
    {
        if (type == typeof(ImmutableArray<T>))
        {
            return ImmutableArray.CreateRange(items);
        }

        if (type.IsAssignableFrom(typeof(ImmutableList<T>)))
        {
            return ImmutableList.CreateRange(items);
        }

        if (type.IsAssignableFrom(typeof(ImmutableHashSet<T>)))
        {
            return ImmutableHashSet.CreateRange(items);
        }

        if (type == typeof(ImmutableSortedSet<T>))
        {
            return ImmutableSortedSet.CreateRange(items);
        }

        if (type.IsAssignableFrom(typeof(ImmutableQueue<T>)))
        {
            return ImmutableQueue.CreateRange(items);
        }

        return type == typeof(FrozenSet<T>) ? items.ToFrozenSet() : null;
    }

    private static object? FromConstructor(Type type, List<T> items)
    {
        // A stack enumerates from its top, which is what was added last.
        if (Array.Exists(Stacks, stack => stack.IsAssignableFrom(type)))
        {
            items.Reverse();
        }

        if (type.IsAssignableFrom(typeof(ImmutableStack<T>)))
        {
            return ImmutableStack.CreateRange(items);
        }

        var takesItems = type.GetConstructors().FirstOrDefault(constructor =>
            constructor.GetParameters() is [var only] && only.ParameterType.IsAssignableFrom(typeof(List<T>))
                && only.ParameterType != typeof(object));
        return type.IsAbstract ? null : takesItems?.Invoke([items]);
    }
}
