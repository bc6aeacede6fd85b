using System.Numerics;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>The indices of the objects that were written, found by identity.</summary>
/// <remarks>A table of its own because it is asked for every text and object: a general dictionary takes two searches where this takes one.</remarks>
internal sealed class IdentityMemo
{
    private Entry[] _entries = new Entry[16];
    private int[] _buckets = new int[32];
    private int _count;

    /// <summary>Makes room, so that the table does not grow step by step.</summary>
    public void Expect(int more)
    {
        var wanted = Math.Min((long)_count + more, 1 << 24);
        if (wanted > _entries.Length)
        {
            Resize((int)BitOperations.RoundUpToPowerOf2((uint)wanted));
        }
    }

    public bool TryGet(object identity, out int index)
    {
        var found = Find(identity, RuntimeHelpers.GetHashCode(identity), out _);
        index = found < 0 ? -1 : _entries[found].Index;
        return found >= 0;
    }

    /// <summary>Sets the index of an object, whether it has one or not.</summary>
    public void Set(object identity, int index)
    {
        if (!TryAdd(identity, index, out _))
        {
            _entries[Find(identity, RuntimeHelpers.GetHashCode(identity), out _)].Index = index;
        }
    }

    /// <summary>Gives an object an index unless it has one.</summary>
    public bool TryAdd(object identity, int index, out int known)
    {
        if (_count == _entries.Length)
        {
            Resize(_count * 2);
        }

        var hash = RuntimeHelpers.GetHashCode(identity);
        var found = Find(identity, hash, out var bucket);
        if (found >= 0)
        {
            known = _entries[found].Index;
            return false;
        }

        known = index;
        _entries[_count] = new Entry { Identity = identity, Hash = hash, Index = index };
        _buckets[bucket] = ++_count;
        return true;
    }

    private int Find(object identity, int hash, out int bucket)
    {
        var buckets = _buckets;
        var entries = _entries;
        bucket = hash & (buckets.Length - 1);
        for (var number = buckets[bucket]; number != 0; number = buckets[bucket])
        {
            if (ReferenceEquals(entries[number - 1].Identity, identity))
            {
                return number - 1;
            }

            bucket = (bucket + 1) & (buckets.Length - 1);
        }

        return -1;
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref _entries, capacity);
        _buckets = new int[capacity * 2];
        for (var i = 0; i < _count; i++)
        {
            var bucket = _entries[i].Hash & (_buckets.Length - 1);
            while (_buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & (_buckets.Length - 1);
            }

            _buckets[bucket] = i + 1;
        }
    }

    private struct Entry
    {
        public object Identity;
        public int Hash;
        public int Index;
    }
}
