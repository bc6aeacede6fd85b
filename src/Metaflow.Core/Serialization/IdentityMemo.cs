using System.Numerics;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>The objects that were written, by their index in the memo, and their indices, found by identity.</summary>
/// <remarks>A table of its own because it is asked for every text and object: a general dictionary takes two searches and three times the memory.</remarks>
internal sealed class IdentityMemo
{
    private object?[] _objects = new object?[16];

    // One more than the index of an object; 0 where there is none.
    private int[] _buckets = new int[32];

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
            Resize(Count * 2);
        }

        Count++;
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
            Resize(Count * 2);
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

    private int Find(object identity)
    {
        var buckets = _buckets;
        var objects = _objects;
        var bucket = RuntimeHelpers.GetHashCode(identity) & (buckets.Length - 1);
        while (buckets[bucket] is > 0 and var number && !ReferenceEquals(objects[number - 1], identity))
        {
            bucket = (bucket + 1) & (buckets.Length - 1);
        }

        return bucket;
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref _objects, capacity);
        if (_buckets.Length >= capacity + (capacity / 2))
        {
            return;
        }

        _buckets = new int[(int)BitOperations.RoundUpToPowerOf2((uint)capacity + ((uint)capacity / 2))];
        for (var i = 0; i < Count; i++)
        {
            if (_objects[i] is { } identity)
            {
                _buckets[Find(identity)] = i + 1;
            }
        }
    }
}
