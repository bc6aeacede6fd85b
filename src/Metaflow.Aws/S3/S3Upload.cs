using System.Globalization;
using System.Text;
using Metaflow.Aws.Http;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>Takes the bytes of one object. It sends them at the end in one request, or in parts as soon as they fill one.</summary>
/// <remarks>One thread writes. Nobody sees the object before <see cref="FinishAsync"/> ends.</remarks>
internal sealed class S3Upload : Stream
{
    /// <summary>The length of a part in bytes: S3 wants at least 5 MiB, and as few requests as memory allows.</summary>
    public const int PartSize = 8 << 20;

    /// <summary>S3 takes 10,000 parts: those of very large objects become longer.</summary>
    private const int PartsOfOneSize = 1000;

    private const int SmallestBuffer = 4 << 10;

    /// <summary>Buffers beyond this length are counted.</summary>
    private const int LargestUncounted = 1 << 20;

    private readonly S3Writer _writer;
    private readonly string _key;
    private readonly BlobWrite _write;
    private readonly bool _overwrite;
    private readonly CancellationToken _cancellationToken;
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly List<Task<string>> _parts = [];
    private byte[] _buffer;
    private int _length;
    private bool _isCounted;
    private string? _uploadId;

    /// <summary>Begins an object.</summary>
    public S3Upload(S3Writer writer, string key, BlobWrite write, bool overwrite, CancellationToken cancellationToken)
    {
        (_writer, _key, _write, _overwrite, _cancellationToken) = (writer, key, write, overwrite, cancellationToken);
        _buffer = new byte[(int)Math.Clamp(write.Length ?? SmallestBuffer, 1, LargestUncounted)];
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
                SendPartAsync().AsTask().GetAwaiter().GetResult();
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
                await SendPartAsync().ConfigureAwait(false);
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
        if (_uploadId is null)
        {
            return await PutAsync().ConfigureAwait(false);
        }

        if (_length > 0)
        {
            await SendPartAsync().ConfigureAwait(false);
        }

        var tags = await Task.WhenAll(_parts).ConfigureAwait(false);
        if (!_overwrite && await _writer.HeadersOfAsync(_key, _cancellationToken).ConfigureAwait(false) is not null)
        {
            await AbortAsync().ConfigureAwait(false);
            return false;
        }

        var isStored = await CompleteAsync(tags).ConfigureAwait(false);
        _uploadId = isStored ? null : _uploadId;
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
        var isConditional = !_overwrite && _writer.Client.Settings.HasConditions;
        var request = _writer.Creation("PUT", _key, _write.Packing, isConditional ? _id : null);
        request.Body = _buffer.AsMemory(0, _length);
        if (isConditional)
        {
            request.Headers["if-none-match"] = "*";
        }

        var answer = await _writer.Client.SendAsync(request, _writer.What(_key), _cancellationToken).ConfigureAwait(false);
        answer.Response.Dispose();
        Check(answer, 412);

        // An earlier request may have created it, although its answer was lost.
        return answer.Response.Succeeded
            || (answer.IsRepeated && await _writer.IsByAsync(_key, _id, _cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask SendPartAsync()
    {
        _uploadId ??= await BeginAsync().ConfigureAwait(false);
        var (buffer, length, isCounted, number) = (_buffer, _length, _isCounted, _parts.Count + 1);
        (_buffer, _length, _isCounted) = ([], 0, false);
        _parts.Add(Task.Run(() => SendAsync(buffer, length, isCounted, number), CancellationToken.None));
        if (_parts.Find(static part => part.IsFaulted) is { } failed)
        {
            await failed.ConfigureAwait(false);
        }
    }

    private async Task<string> SendAsync(byte[] buffer, int length, bool isCounted, int number)
    {
        try
        {
            var request = S3Client.Request("PUT", _key);
            request.Query["partNumber"] = number.ToString(CultureInfo.InvariantCulture);
            request.Query["uploadId"] = ObjectRequest.Encode(_uploadId!);
            request.Body = buffer.AsMemory(0, length);
            var answer = await _writer.Client.SendAsync(request, _writer.What(_key), _cancellationToken).ConfigureAwait(false);
            answer.Response.Dispose();
            Check(answer);
            return answer.Response.Header("etag") ?? "";
        }
        finally
        {
            GiveBack(buffer, isCounted);
        }
    }

    private async ValueTask<string> BeginAsync()
    {
        var request = _writer.Creation("POST", _key, _write.Packing, _id);
        request.Query["uploads"] = "";
        var (answer, body) = await _writer.Client.SendAndReadAsync(request, _writer.What(_key), _cancellationToken).ConfigureAwait(false);
        var response = answer.Response;
        Check(answer);
        return XmlTexts.Of(body).First("UploadId")
            ?? throw S3Errors.Refused(
                _writer.What(_key), _writer.Client.Bucket, new S3Problem(response.Status, "Unknown", "It gave the upload no id."),
                isWrite: true);
    }

    private async ValueTask<bool> CompleteAsync(string[] tags)
    {
        var body = new StringBuilder("<CompleteMultipartUpload>");
        for (var i = 0; i < tags.Length; i++)
        {
            body.Append(
                CultureInfo.InvariantCulture,
                $"<Part><PartNumber>{i + 1}</PartNumber><ETag>{System.Security.SecurityElement.Escape(tags[i])}</ETag></Part>");
        }

        body.Append("</CompleteMultipartUpload>");
        for (var tries = 1; ; tries++)
        {
            var request = S3Client.Request("POST", _key);
            request.Query["uploadId"] = ObjectRequest.Encode(_uploadId!);
            request.Body = Encoding.UTF8.GetBytes(body.ToString());
            if (!_overwrite && _writer.Client.Settings.HasConditions)
            {
                request.Headers["if-none-match"] = "*";
            }

            var (answer, content) = await _writer.Client.SendAndReadAsync(request, _writer.What(_key), _cancellationToken)
                .ConfigureAwait(false);
            var response = answer.Response;
            if (response.Status == 412)
            {
                return answer.IsRepeated && await _writer.IsByAsync(_key, _id, _cancellationToken).ConfigureAwait(false);
            }

            // An upload that is no longer there was completed by an earlier request.
            if (response.Status == 404 && await _writer.IsByAsync(_key, _id, _cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            Check(answer);
            if (XmlTexts.Of(content).RootName != "Error")
            {
                return true;
            }

            // S3 begins to answer before it knows whether it can.
            var problem = S3Problem.Of(response, content);
            if (!problem.IsTransient || tries > _writer.Client.Settings.Retries)
            {
                throw S3Errors.Refused(_writer.What(_key), _writer.Client.Bucket, problem, isWrite: true);
            }
        }
    }

    private async ValueTask AbortAsync()
    {
        if (_uploadId is not { } id)
        {
            return;
        }

        _uploadId = null;
        var request = S3Client.Request("DELETE", _key);
        request.Query["uploadId"] = ObjectRequest.Encode(id);
        try
        {
            (await _writer.Client.SendAsync(request, _writer.What(_key), CancellationToken.None).ConfigureAwait(false)).Response.Dispose();
        }
        catch (MetaflowException)
        {
            // What stays of it is not an object. The bucket's rules delete it, and so does the next collection of garbage.
        }
    }

    private void Check(S3Answer answer, int alsoGood = 0)
    {
        if (!answer.Response.Succeeded && answer.Response.Status != alsoGood)
        {
            throw S3Errors.Refused(
                _writer.What(_key), _writer.Client.Bucket, answer.Problem ?? new S3Problem(answer.Response.Status, "Unknown", ""),
                isWrite: true);
        }
    }
}
