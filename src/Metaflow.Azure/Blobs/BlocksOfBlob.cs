using System.Globalization;
using System.Text;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Azure.Blobs;

/// <summary>A blob that is sent in blocks. The server keeps blocks that nobody commits for a week, and forgets those of all writers when
/// one of them commits its own.</summary>
/// <param name="client">Sends the requests.</param>
/// <param name="key">The name of the blob.</param>
/// <param name="properties">What is kept beside the bytes.</param>
/// <param name="isCreation">Whether the end fails where there is a blob already.</param>
/// <param name="cancellationToken">Cancels the operation.</param>
internal sealed class BlocksOfBlob(
    ObjectClient client, string key, ObjectProperties properties, bool isCreation, CancellationToken cancellationToken) : ILargeObject
{
    private readonly string _what = ObjectWriter.CannotWrite(client, key);
    private readonly string _writer = Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public bool IsInOrder => false;

    /// <inheritdoc/>
    public async Task<string> SendAsync(int number, ReadOnlyMemory<byte> content, bool isLast)
    {
        var id = IdOf(number);
        var request = BlobService.Request("PUT", key);
        request.Query["comp"] = "block";
        request.Query["blockid"] = ObjectRequest.Encode(id);
        request.Body = content;
        var answer = await client.SendAsync(request, _what, cancellationToken).ConfigureAwait(false);
        answer.Response.Dispose();
        return answer.Succeeded ? id : throw client.Service.Refused(_what, answer.Problem!, isWrite: true);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CompleteAsync(string[] tags)
    {
        var request = BlobService.Creation(key, properties, isCreation);
        request.Query["comp"] = "blocklist";
        request.Headers["content-type"] = "application/xml";
        request.Body = Encoding.UTF8.GetBytes(ListOf(tags));
        var answer = await client.StoreAsync(request, _what, cancellationToken).ConfigureAwait(false);
        var isExpected = answer.Succeeded || answer.Is(ProblemKind.Missing) || (isCreation && answer.Is(ProblemKind.Exists));
        return isExpected ? answer.Succeeded : throw client.Service.Refused(_what, answer.Problem!, isWrite: true);
    }

    /// <inheritdoc/>
    /// <remarks>No request removes blocks that were not committed.</remarks>
    public ValueTask AbortAsync() => ValueTask.CompletedTask;

    private static string ListOf(string[] tags)
    {
        var list = new StringBuilder("""<?xml version="1.0" encoding="utf-8"?><BlockList>""");
        foreach (var tag in tags)
        {
            // The latest, so that a request that is sent again finds its blocks where the first one has committed them.
            list.Append("<Latest>").Append(tag).Append("</Latest>");
        }

        return list.Append("</BlockList>").ToString();
    }

    // All ids of a blob must have one length, those of other writers too: this is that of Azure's library for Python.
    private string IdOf(int number)
        => Convert.ToBase64String(Encoding.ASCII.GetBytes(_writer + number.ToString("D14", CultureInfo.InvariantCulture)));
}
