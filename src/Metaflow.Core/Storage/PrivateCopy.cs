using System.Buffers;
using Metaflow.Spooling;

namespace Metaflow.Storage;

/// <summary>Takes a payload part by part into memory of its own and hashes what it took, as the payload may be an array that a thread of
/// the author's still changes: what is stored under a key has that key, or nothing is stored.</summary>
/// <param name="key">The key of the payload.</param>
/// <param name="open">How many parts are in use at the same time, at most.</param>
internal sealed class PrivateCopy(string key, int open) : IDisposable
{
    /// <summary>The most bytes of a part.</summary>
    public const int PartSize = 1 << 20;

    private readonly FollowingHash _hash = new();
    private readonly byte[]?[] _buffers = new byte[open + 2][];
    private int _taken;

    /// <summary>Takes a part.</summary>
    /// <param name="part">The part; the parts are taken in order.</param>
    /// <returns>Bytes that nobody else changes, until as many parts as may be in use were taken after it.</returns>
    public ReadOnlySequence<byte> Take(ReadOnlySequence<byte> part)
    {
        ref var buffer = ref _buffers[_taken++ % _buffers.Length];
        var length = (int)part.Length;
        if (buffer is null || buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length);
        }

        part.CopyTo(buffer);
        _hash.Append(buffer.AsMemory(0, length));
        return new ReadOnlySequence<byte>(buffer, 0, length);
    }

    /// <summary>Makes sure that what was taken has the key.</summary>
    /// <exception cref="Errors.StorageException">The payload changed since its key was computed (MF4016).</exception>
    public void RequireKey()
    {
        if (_hash.Finish() != key)
        {
            throw StorageErrors.Changed();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
