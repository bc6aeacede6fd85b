using System.Collections;

namespace Metaflow.Serialization;

/// <summary>A Python tuple as plain data, distinguished from a list. Equal to a tuple of equal items.</summary>
/// <param name="items">The items.</param>
public sealed class PythonTuple(params IReadOnlyList<object?> items) : IReadOnlyList<object?>, IEquatable<PythonTuple>
{
    /// <inheritdoc/>
    public int Count => items.Count;

    /// <summary>Gets how many tuples are nested in it at most, itself included.</summary>
    internal int Height { get; } = HeightOf(items);

    /// <summary>Gets or sets the hash once it is known: a tuple may be shared by many others.</summary>
    internal int? Hash { get; set; }

    /// <inheritdoc/>
    public object? this[int index] => items[index];

    /// <inheritdoc/>
    public bool Equals(PythonTuple? other) => PythonEquality.Instance.Equals(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PythonTuple);

    /// <inheritdoc/>
    public override int GetHashCode() => PythonEquality.Instance.GetHashCode(this);

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int HeightOf(IReadOnlyList<object?> items)
    {
        var height = 0;
        for (var i = 0; i < items.Count; i++)
        {
            height = items[i] is PythonTuple inner && inner.Height > height ? inner.Height : height;
        }

        return height + 1;
    }
}
