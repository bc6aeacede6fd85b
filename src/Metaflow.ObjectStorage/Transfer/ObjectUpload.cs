using Metaflow.Errors;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>Takes the bytes of one object. It sends them at the end in one request, or in parts as soon as they fill one.</summary>
/// <remarks>One thread writes. Nobody sees the object before <see cref="FinishAsync"/> ends.</remarks>
internal sealed class ObjectUpload : Stream
{
    /// <summary>The length of a part in bytes: services want at least 5 MiB, or a multiple of 256 KiB, and as few requests as memory
    /// allows.</summary>
    public const int PartSize = 8 << 20;

    /// <summary>Services take 10,000 parts or more: those of very large objects become longer.</summary>
    private const int PartsOfOneSize = 1000;

    private const int SmallestBuffer = 4 << 10;

    /// <summary>Buffers beyond this length are counted.</summary>
    private const int LargestUncounted = 1 << 20;

    private readonly ObjectWriter _writer;
    private readonly string _key;
    private readonly ObjectProperties _properties;
    private readonly bool _overwrite;
    private readonly CancellationToken _cancellationToken;
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly List<Task<string>> _parts = [];
    private byte[] _buffer;
    private int _length;
    private bool _isCounted;
    private ILargeObject? _large;

    /// <summary>Begins an object.</summary>
    /// <param name="writer">Sends it.</param>
    /// <param name="key">The key.</param>
    /// <param name="properties">What is kept beside the bytes.</param>
    /// <param name="length">The length in bytes; <see langword="null"/> when nobody knows it yet.</param>
    /// <param name="overwrite">Whether an object that exists is replaced.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public ObjectUpload(
        ObjectWriter writer, string key, ObjectProperties properties, long? length, bool overwrite, CancellationToken cancellationToken)
    {
        (_writer, _key, _properties, _overwrite, _cancellationToken) = (writer, key, properties, overwrite, cancellationToken);
        _buffer = new byte[(int)Math.Clamp(length ?? SmallestBuffer, 1, LargestUncounted)];
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private int RoomOfPart => PartSize << Math.Min(_parts.Count / PartsOfOneSize, 4);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_length == _buffer.Length && GrowthNeedsRoom())
            {
                _writer.Parts.Wait(_cancellationToken);
                _isCounted = true;
            }

            var taken = Take(buffer);
            buffer = buffer[taken..];
            if (IsPartFull)
            {
                SendPartAsync(isLast: false).AsTask().GetAwaiter().GetResult();
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (_length == _buffer.Length && GrowthNeedsRoom())
            {
                await _writer.Parts.WaitAsync(cancellationToken).ConfigureAwait(false);
                _isCounted = true;
            }

            var taken = Take(buffer.Span);
            buffer = buffer[taken..];
            if (IsPartFull)
            {
                await SendPartAsync(isLast: false).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
        // It is visible as a whole, at the end.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Sends what is left, and makes the object visible.</summary>
    /// <returns>Whether this call stored it.</returns>
    public async ValueTask<bool> FinishAsync()
    {
        if (_large is not { } large)
        {
            return await PutAsync().ConfigureAwait(false);
        }

        // The condition is checked at the end. To look first spares a large object of which there is one already its last part.
        if (!_overwrite && await Client.LookAsync(_key, What, _cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        if (_length > 0)
        {
            await SendPartAsync(isLast: true).ConfigureAwait(false);
        }

        var tags = await Task.WhenAll(_parts).ConfigureAwait(false);
        var isStored = await large.CompleteAsync(tags).ConfigureAwait(false) || await IsStoredAsync().ConfigureAwait(false);
        _large = isStored ? null : _large;
        return isStored;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // Whoever wrote has got what went wrong. Parts that are still on their way would outlive the upload.
        await ((Task)Task.WhenAll(_parts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await AbortAsync().ConfigureAwait(false);
        GiveBack(_buffer, _isCounted);
        _isCounted = false;
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Returns whether an object that could not be completed is there all the same, since an earlier request did it.</summary>
    private async ValueTask<bool> IsStoredAsync()
    {
        var found = await Client.LookAsync(_key, What, _cancellationToken).ConfigureAwait(false);
        var isOurs = found is not null && ObjectWriter.IsBy(found, _id);
        return isOurs || (found is not null && !_overwrite) ? isOurs : throw ObjectErrors.PartsLost(What);
    }

    private bool IsPartFull => _length == RoomOfPart;

    private bool GrowthNeedsRoom() => !_isCounted && (_buffer.Length >= LargestUncounted || _parts.Count > 0);

    private int Take(ReadOnlySpan<byte> bytes)
    {
        if (_length == _buffer.Length)
        {
            Grow();
        }

        var count = Math.Min(bytes.Length, Math.Min(_buffer.Length, RoomOfPart) - _length);
        bytes[..count].CopyTo(_buffer.AsSpan(_length));
        _length += count;
        return count;
    }

    private void Grow()
    {
        var isSmall = _buffer.Length < LargestUncounted && _parts.Count == 0;
        var size = isSmall ? Math.Min(_buffer.Length * 4, LargestUncounted) : RoomOfPart;
        var larger = size == PartSize ? _writer.Rent() : new byte[size];
        _buffer.AsSpan(0, _length).CopyTo(larger);
        _buffer = larger;
    }

    private void GiveBack(byte[] buffer, bool isCounted)
    {
        if (isCounted)
        {
            _writer.Return(buffer);
            _writer.Parts.Release();
        }
    }

    private async ValueTask<bool> PutAsync()
    {
        var isCreation = !_overwrite && Client.Settings.HasConditions;
        if (isCreation)
        {
            _properties.Metadata[ObjectWriter.WriterName] = _id;
        }

        var request = Client.Service.Put(_key, _buffer.AsMemory(0, _length), _properties, isCreation);
        var answer = await Client.StoreAsync(request, What, _cancellationToken).ConfigureAwait(false);
        if (answer is { Succeeded: false } && !(isCreation && answer.Is(ProblemKind.Exists)))
        {
            throw Client.Service.Refused(What, answer.Problem!, isWrite: true);
        }

        // An earlier request may have created it, although its answer was lost.
        return answer.Succeeded
            || (answer.IsRepeated && await ObjectWriter.IsByAsync(Client, _key, _id, _cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask SendPartAsync(bool isLast)
    {
        var large = _large ??= await BeginAsync().ConfigureAwait(false);
        if (large.IsInOrder && _parts.Count > 0)
        {
            await _parts[^1].ConfigureAwait(false);
        }

        var (buffer, length, isCounted, number) = (_buffer, _length, _isCounted, _parts.Count + 1);
        (_buffer, _length, _isCounted) = ([], 0, false);
        _parts.Add(Task.Run(() => SendAsync(large, buffer, length, isCounted, number, isLast), CancellationToken.None));
        if (_parts.Find(static part => part.IsFaulted) is { } failed)
        {
            await failed.ConfigureAwait(false);
        }
    }

    private async Task<string> SendAsync(ILargeObject large, byte[] buffer, int length, bool isCounted, int number, bool isLast)
    {
        try
        {
            return await large.SendAsync(number, buffer.AsMemory(0, length), isLast).ConfigureAwait(false);
        }
        finally
        {
            GiveBack(buffer, isCounted);
        }
    }

    private ValueTask<ILargeObject> BeginAsync()
    {
        _properties.Metadata[ObjectWriter.WriterName] = _id;
        return Client.Service.BeginAsync(Client, _key, _properties, !_overwrite && Client.Settings.HasConditions, _cancellationToken);
    }

    private async ValueTask AbortAsync()
    {
        if (_large is not { } large)
        {
            return;
        }

        _large = null;
        try
        {
            await large.AbortAsync().ConfigureAwait(false);
        }
        catch (MetaflowException)
        {
            // What stays of it is not an object, and services let it be deleted by rules of the bucket.
        }
    }

    private ObjectClient Client => _writer.Client;

    private string What => _writer.What(_key);
}
