using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Metaflow.Serialization;

/// <summary>Makes dictionaries of a type of keys and values.</summary>
internal abstract class DictionaryFactory
{
    public static DictionaryFactory Of(Type key, Type value) =>
        (DictionaryFactory)Activator.CreateInstance(typeof(DictionaryFactory<,>).MakeGenericType(key, value))!;

    /// <summary>Makes an empty dictionary that entries can be set in, or <see langword="null"/> when the type is made from all at
    /// once.</summary>
    public abstract object? CreateEmpty(Type type, int count);

    /// <summary>Makes a dictionary that collects the entries of one that is made from all at once.</summary>
    public abstract object CreateBuffer();

    public abstract void Set(object target, object key, object? value);

    /// <summary>Makes a dictionary from a buffer, or <see langword="null"/> when there is no way to.</summary>
    public abstract object? FromPairs(Type type, object buffer);
}

/// <summary>Makes dictionaries.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
internal sealed class DictionaryFactory<TKey, TValue> : DictionaryFactory
    where TKey : notnull
{
    public override object? CreateEmpty(Type type, int count)
    {
        if (type.IsAssignableFrom(typeof(Dictionary<TKey, TValue>)))
        {
            return new Dictionary<TKey, TValue>(count);
        }

        var canSet = !type.IsAbstract && typeof(IDictionary<TKey, TValue>).IsAssignableFrom(type)
            && type.GetConstructor(Type.EmptyTypes) is not null;
        if (!canSet || Activator.CreateInstance(type) is not IDictionary<TKey, TValue> { IsReadOnly: false } dictionary)
        {
            return null;
        }

        // Entries that the constructor adds are among those stored, or were removed.
        dictionary.Clear();
        return dictionary;
    }

    public override object CreateBuffer() => new Dictionary<TKey, TValue>();

    public override void Set(object target, object key, object? value) => ((IDictionary<TKey, TValue>)target)[(TKey)key] = (TValue)value!;

    public override object? FromPairs(Type type, object buffer)
    {
        var pairs = (Dictionary<TKey, TValue>)buffer;
        if (type.IsAssignableFrom(typeof(ImmutableDictionary<TKey, TValue>)))
        {
            return pairs.ToImmutableDictionary();
        }

        if (type == typeof(ImmutableSortedDictionary<TKey, TValue>))
        {
            return pairs.ToImmutableSortedDictionary();
        }

        if (type == typeof(FrozenDictionary<TKey, TValue>))
        {
            return pairs.ToFrozenDictionary();
        }

        var takesPairs = type.GetConstructors().FirstOrDefault(constructor =>
            constructor.GetParameters() is [var only] && only.ParameterType.IsInstanceOfType(pairs)
                && only.ParameterType != typeof(object));
        return type.IsAbstract ? null : takesPairs?.Invoke([pairs]);
    }
}
