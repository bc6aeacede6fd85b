namespace Metaflow.Spooling;

/// <summary>Writes the bytes of a payload that are too many for memory to a temporary file, and computes the key of the payload
/// meanwhile.</summary>
internal sealed class SpoolWriter : IDisposable
{
    // As much is hashed beside the making of the next bytes.
    private const int BlockSize = 1 << 20;

    private readonly SpooledBytes _spooled;
    private readonly FollowingHash _hash = new();
    private byte[] _block = GC.AllocateUninitializedArray<byte>(BlockSize);
    private byte[] _other = GC.AllocateUninitializedArray<byte>(BlockSize);
    private int _count;

    private SpoolWriter(SpooledBytes spooled) => _spooled = spooled;

    /// <summary>Gets how many bytes are in the file, or will be.</summary>
    public long Length => _spooled.Length + _count;

    /// <summary>Makes an empty file in the folder for temporary files.</summary>
    /// <returns>The writer.</returns>
    /// <exception cref="Errors.StorageException">The file cannot be made (MF4117).</exception>
    public static SpoolWriter Create() => new(SpooledBytes.Create());

    /// <summary>Adds bytes to the file.</summary>
    /// <param name="bytes">The bytes, which are copied.</param>
    /// <exception cref="Errors.StorageException">The disk is full, or failed (MF4117).</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, BlockSize - _count);
            bytes[..count].CopyTo(_block.AsSpan(_count));
            _count += count;
            bytes = bytes[count..];
            if (_count == BlockSize)
            {
                Flush();
            }
        }
    }

    /// <summary>Adds bytes of the payload that stay where they are.</summary>
    /// <param name="bytes">The bytes, which must not change any more.</param>
    /// <exception cref="Errors.StorageException">The disk is full, or failed (MF4117).</exception>
    public void Pass(ReadOnlyMemory<byte> bytes)
    {
        Flush();
        _hash.Append(bytes);
    }

    /// <summary>Ends the payload.</summary>
    /// <returns>What the file holds, and the payload's key.</returns>
    /// <exception cref="Errors.StorageException">The disk is full, or failed (MF4117).</exception>
    public (SpooledBytes Spooled, string Key) Finish()
    {
        Flush();
        return (_spooled, _hash.Finish());
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _spooled.Write(_block.AsSpan(0, _count));

        // The hash of the other block has ended when this call returns, so that it can be filled.
        _hash.Append(_block.AsMemory(0, _count));
        (_block, _other, _count) = (_other, _block, 0);
    }
}
