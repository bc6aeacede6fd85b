using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>The objects that were written, by their index in the memo, and their indices, found by identity.</summary>
/// <remarks>A table of its own because it is asked for every text and object: a general dictionary takes two searches and three times the
/// memory.</remarks>
internal sealed class IdentityMemo
{
    // Longer arrays are borrowed: made again for every value they would keep the collector busy with its oldest generation.
    private const int LongestOwn = 64;
    private object?[] _objects = new object?[16];

    // One more than the index of an object; 0 where there is none.
    private int[] _buckets = new int[32];
    private int _mask = 31;

    /// <summary>Gets how many indices were given.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room, so that the table does not grow step by step.</summary>
    public void Expect(int more)
    {
        var wanted = Math.Min((long)Count + more + 1, 1 << 26);
        if (wanted > _objects.Length)
        {
            Resize((int)wanted);
        }
    }

    public bool TryGet(object identity, out int index)
    {
        index = _buckets[Find(identity)] - 1;
        return index >= 0;
    }

    /// <summary>Gives the next index to an object that is never asked for.</summary>
    public void AddNameless()
    {
        if (Count == _objects.Length)
        {
            Resize(Count * 4);
        }

        // A borrowed array holds what its last user left.
        _objects[Count++] = null;
    }

    /// <summary>Gives the next index to an object, even if it has one already.</summary>
    public void Add(object identity)
    {
        AddNameless();
        _objects[Count - 1] = identity;
        _buckets[Find(identity)] = Count;
    }

    /// <summary>Gives the next index to an object unless it has one.</summary>
    public bool TryAdd(object identity, out int known)
    {
        if (Count == _objects.Length)
        {
            Resize(Count * 4);
        }

        ref var bucket = ref _buckets[Find(identity)];
        known = bucket - 1;
        if (known >= 0)
        {
            return false;
        }

        _objects[Count++] = identity;
        bucket = Count;
        return true;
    }

    /// <summary>Gives the memory back. The memo is of no use afterwards.</summary>
    public void Release()
    {
        ReturnArrays(_objects, _buckets, Count);
        (_objects, _buckets, _mask, Count) = ([], [0], 0, 0);
    }

    private int Find(object identity)
    {
        var buckets = _buckets;
        var objects = _objects;
        var mask = _mask;
        var bucket = RuntimeHelpers.GetHashCode(identity) & mask;
        while (buckets[bucket] is > 0 and var number && !ReferenceEquals(objects[number - 1], identity))
        {
            bucket = (bucket + 1) & mask;
        }

        return bucket;
    }

    private void Resize(int capacity)
    {
        var (objects, buckets, count) = (_objects, _buckets, Count);
        capacity = Math.Max(capacity, LongestOwn + 1);
        _objects = ArrayPool<object?>.Shared.Rent(capacity);

        // As many buckets as keep a third of them free, whatever length was lent.
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)_objects.Length * 3 / 2);
        _buckets = ArrayPool<int>.Shared.Rent(length);
        _buckets.AsSpan(0, length).Clear();
        _mask = length - 1;
        objects.AsSpan(0, count).CopyTo(_objects);
        for (var i = 0; i < count; i++)
        {
            if (_objects[i] is { } identity)
            {
                _buckets[Find(identity)] = i + 1;
            }
        }

        ReturnArrays(objects, buckets, count);
    }

    private static void ReturnArrays(object?[] objects, int[] buckets, int count)
    {
        if (objects.Length > LongestOwn)
        {
            objects.AsSpan(0, count).Clear();
            ArrayPool<object?>.Shared.Return(objects);
            ArrayPool<int>.Shared.Return(buckets);
        }
    }
}
