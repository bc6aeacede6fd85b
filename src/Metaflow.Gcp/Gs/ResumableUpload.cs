using System.Globalization;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Gcp.Gs;

/// <summary>An object that is sent in chunks, one after the other.</summary>
/// <remarks>Source: "Resumable uploads" of the documentation of Google Cloud Storage. The service passes over bytes that it has already, so
/// a chunk whose answer was lost is simply sent again.</remarks>
/// <param name="client">Sends the requests.</param>
/// <param name="service">The bucket.</param>
/// <param name="session">The query of the address of the upload; <see langword="null"/> where there was an object already.</param>
/// <param name="what">What could not be done when it fails, as a sentence.</param>
/// <param name="cancellationToken">Cancels the operation.</param>
internal sealed class ResumableUpload(
    ObjectClient client, GsService service, string? session, string what, CancellationToken cancellationToken) : ILargeObject
{
    private readonly Checksum _checksum = new();
    private long _sent;
    private bool _isStored;

    /// <summary>Whether nothing can be sent any more: there is an object already, or the service does not know the upload.</summary>
    private bool _isOver = session is null;

    /// <inheritdoc/>
    public bool IsInOrder => true;

    /// <inheritdoc/>
    public async Task<string> SendAsync(int number, ReadOnlyMemory<byte> content, bool isLast)
    {
        _checksum.Add(content.Span);
        var end = _sent + content.Length;
        while (!_isOver && !_isStored && _sent < end)
        {
            var rest = content[^(int)(end - _sent)..];
            var arrived = await SendAsync(
                string.Create(CultureInfo.InvariantCulture, $"bytes {_sent}-{end - 1}/{(isLast ? end : "*")}"), rest, isLast)
                .ConfigureAwait(false);

            // What the service acknowledged before is not in memory any more.
            _sent = arrived >= _sent && arrived <= end ? arrived : throw ObjectErrors.PartsLost(what);
        }

        return "";
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CompleteAsync(string[] tags)
    {
        if (!_isOver && !_isStored)
        {
            await SendAsync(string.Create(CultureInfo.InvariantCulture, $"bytes */{_sent}"), default, isLast: true).ConfigureAwait(false);
        }

        return _isStored || (_isOver ? false : throw ObjectErrors.PartsLost(what));
    }

    /// <inheritdoc/>
    public async ValueTask AbortAsync()
    {
        if (session is not null)
        {
            // That is what the service answers when the upload is no more.
            var request = service.Session("DELETE", session, alsoGood: 499);
            (await client.SendAsync(request, what, CancellationToken.None).ConfigureAwait(false)).Response.Dispose();
        }
    }

    /// <summary>Sends bytes.</summary>
    /// <returns>How many bytes of the object the service has now.</returns>
    private async ValueTask<long> SendAsync(string range, ReadOnlyMemory<byte> bytes, bool isLast)
    {
        var request = service.Session("PUT", session!, alsoGood: 308);
        request.Headers["content-range"] = range;
        request.Body = bytes;
        if (isLast)
        {
            request.Headers[GsService.ChecksumHeader] = $"crc32c={_checksum.Text}";
        }

        var answer = await client.StoreAsync(request, what, cancellationToken).ConfigureAwait(false);
        if (answer.Problem is { } problem)
        {
            _isOver = problem.Kind is ProblemKind.Exists or ProblemKind.Missing
                ? true
                : throw service.Refused(what, problem, isWrite: true);
            return _sent;
        }

        _isStored = answer.Response.Succeeded;
        return _isStored ? _sent + bytes.Length : ArrivedIn(answer.Response);
    }

    private static long ArrivedIn(ObjectResponse response)
        => response.Header("range") is { } range && range.LastIndexOf('-') is > 0 and var dash
            && long.TryParse(range.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last + 1 : 0;
}
