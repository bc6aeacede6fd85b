using System.IO.Compression;
using System.Net;

namespace Metaflow.Python.Conda.Channels;

/// <summary>What a channel answers when one of its lists is asked for.</summary>
/// <param name="Outcome">What came of it.</param>
internal sealed record ListSource(ListOutcome Outcome) : IDisposable
{
    private HttpResponseMessage? _response;

    /// <summary>Gets the bytes of the file, where it is sent.</summary>
    public Stream Content { get; private init; } = Stream.Null;

    /// <summary>Gets the mark of the content, or <see langword="null"/>.</summary>
    public string? ETag { get; private init; }

    /// <summary>Gets when the content changed, as the server wrote it, or <see langword="null"/>.</summary>
    public string? LastModified { get; private init; }

    /// <summary>Asks a server for a file.</summary>
    /// <param name="options">How to fetch.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="url">The address of the file.</param>
    /// <param name="kept">What is kept of it already, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The answer.</returns>
    public static async Task<ListSource> FromServerAsync(
        RepodataOptions options, CondaChannel channel, string url, RepodataState? kept, CancellationToken cancellationToken)
    {
        using var request = channel.RequestFor(url);
        if (kept?.ETag is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        if (kept?.LastModified is { } modified)
        {
            request.Headers.TryAddWithoutValidation("If-Modified-Since", modified);
        }

        HttpResponseMessage? response = null;
        try
        {
            response = await options.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            var source = await OfAsync(response, url, cancellationToken).ConfigureAwait(false);
            response = source.Outcome == ListOutcome.Sent ? null : response;
            return source;
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>Opens a file of a channel on this machine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kept">What is kept of it already, or <see langword="null"/>.</param>
    /// <returns>The answer.</returns>
    public static ListSource FromFile(string path, RepodataState? kept)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return new ListSource(ListOutcome.Missing);
        }

        var tag = $"{file.Length}-{file.LastWriteTimeUtc.Ticks}";
        return tag == kept?.ETag
            ? new ListSource(ListOutcome.Unchanged)
            : new ListSource(ListOutcome.Sent)
            {
                Content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16),
                ETag = tag,
            };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        _response?.Dispose();
    }

    private static async Task<ListSource> OfAsync(HttpResponseMessage response, string url, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return new ListSource(ListOutcome.Unchanged);
        }

        // Object stores answer 403 for what is not there: the next file is tried, and the last one says what is wrong.
        var isLast = url.EndsWith(".json", StringComparison.Ordinal);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone
            || (!isLast && response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed))
        {
            return new ListSource(ListOutcome.Missing);
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw ChannelErrors.Refused(url, response.StatusCode);
        }

        var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return new ListSource(ListOutcome.Sent)
        {
            _response = response,
            Content = response.Content.Headers.ContentEncoding.LastOrDefault() switch
            {
                "gzip" => new GZipStream(content, CompressionMode.Decompress),
                "br" => new BrotliStream(content, CompressionMode.Decompress),
                _ => content,
            },
            ETag = response.Headers.TryGetValues("ETag", out var tags) ? tags.FirstOrDefault() : null,
            LastModified = response.Content.Headers.TryGetValues("Last-Modified", out var dates) ? dates.FirstOrDefault() : null,
        };
    }
}
