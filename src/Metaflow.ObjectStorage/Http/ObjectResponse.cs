using System.Globalization;

namespace Metaflow.ObjectStorage.Http;

/// <summary>The response to an <see cref="ObjectRequest"/>. Who gets it disposes it: the connection serves others then.</summary>
/// <param name="status">The status code.</param>
/// <param name="headers">The headers by their names in lower case.</param>
/// <param name="body">The body.</param>
internal sealed class ObjectResponse(int status, IReadOnlyDictionary<string, string> headers, Stream body) : IDisposable
{
    /// <summary>Gets the status code.</summary>
    public int Status => status;

    /// <summary>Gets a value indicating whether the request succeeded.</summary>
    public bool Succeeded => status is >= 200 and < 300;

    /// <summary>Gets or sets a value indicating whether the request was sent before on a connection that broke: the server may have done
    /// then what it was asked.</summary>
    public bool WasSentBefore { get; set; }

    /// <summary>Gets the body, which is read once.</summary>
    public Stream Body => body;

    /// <summary>Gets the length of the object in bytes; <see langword="null"/> when the server does not say it.</summary>
    public long? Length => long.TryParse(Header("content-length"), CultureInfo.InvariantCulture, out var length) ? length : null;

    /// <summary>Returns a header.</summary>
    /// <param name="name">Its name in lower case.</param>
    public string? Header(string name) => headers.GetValueOrDefault(name);

    /// <summary>Returns the headers whose names begin with a text.</summary>
    /// <param name="prefix">The text, in lower case.</param>
    /// <returns>The headers by the rest of their names.</returns>
    public IReadOnlyDictionary<string, string> HeadersAfter(string prefix)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                found[name[prefix.Length..]] = value;
            }
        }

        return found;
    }

    /// <summary>Reads the body to its end.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (Length is not { } length)
        {
            using var bytes = new MemoryStream();
            await body.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes.ToArray();
        }

        var content = new byte[length];
        await body.ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
        return content;
    }

    /// <inheritdoc/>
    public void Dispose() => body.Dispose();
}
