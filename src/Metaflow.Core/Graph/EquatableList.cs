using System.Collections;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Metaflow.Graph;

/// <summary>A read-only list with value equality, which the caching of the generator needs.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
[CollectionBuilder(typeof(EquatableListBuilder), nameof(EquatableListBuilder.Create))]
public sealed class EquatableList<T> : IReadOnlyList<T>, IEquatable<EquatableList<T>>
{
    private readonly T[] _items;

    /// <summary>Initializes a list.</summary>
    /// <param name="items">The items; copied.</param>
    public EquatableList(IEnumerable<T> items) => _items = items.ToArray();

    private EquatableList(T[] items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <inheritdoc/>
    public bool Equals(EquatableList<T>? other) => other is not null && _items.SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EquatableList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in _items)
        {
            hash = unchecked((hash * 31) + (item?.GetHashCode() ?? 0));
        }

        return hash;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>Makes a list of an array that nobody else has.</summary>
    internal static EquatableList<T> Of(T[] items) => new(items);
}

/// <summary>Makes lists from collection expressions.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EquatableListBuilder
{
    /// <summary>Makes a list.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The items; copied.</param>
    /// <returns>The list.</returns>
    public static EquatableList<T> Create<T>(ReadOnlySpan<T> items) => EquatableList<T>.Of(items.ToArray());
}
