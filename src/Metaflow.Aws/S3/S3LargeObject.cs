using System.Globalization;
using System.Text;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Aws.S3;

/// <summary>A multipart upload.</summary>
/// <param name="client">Sends the requests.</param>
/// <param name="service">The bucket.</param>
/// <param name="key">The key of the object.</param>
/// <param name="id">The id of the upload.</param>
/// <param name="isCreation">Whether the end fails where there is an object already.</param>
/// <param name="cancellationToken">Cancels the operation.</param>
internal sealed class S3LargeObject(
    ObjectClient client, S3Service service, string key, string id, bool isCreation, CancellationToken cancellationToken) : ILargeObject
{
    // The second is what some servers that speak the protocol send.
    private static readonly string[] CompletionRoots = ["CompleteMultipartUploadResult", "CompleteMultipartUploadResponse", "Error"];

    private readonly string _what = ObjectWriter.CannotWrite(client, key);

    /// <inheritdoc/>
    public bool IsInOrder => false;

    /// <inheritdoc/>
    public async Task<string> SendAsync(int number, ReadOnlyMemory<byte> content, bool isLast)
    {
        var request = Request("PUT");
        request.Query["partNumber"] = number.ToString(CultureInfo.InvariantCulture);
        request.Body = content;
        var answer = await client.StoreAsync(request, _what, cancellationToken).ConfigureAwait(false);
        return answer.Succeeded
            ? answer.Response.Header("etag")!
            : throw service.Refused(_what, answer.Problem!, isWrite: true);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CompleteAsync(string[] tags)
    {
        var body = Encoding.UTF8.GetBytes(ListOf(tags));
        var tries = client.TriesOf(_what);
        while (true)
        {
            var request = Request("POST");
            request.Body = body;
            if (isCreation)
            {
                request.Headers["if-none-match"] = "*";
            }

            var (answer, content) = await client.SendAndReadAsync(
                request, _what, static (_, body) => XmlTexts.WholeOf(body, CompletionRoots), cancellationToken).ConfigureAwait(false);
            if (answer.Is(ProblemKind.Exists))
            {
                return false;
            }

            if (answer.Problem is { } refusal)
            {
                // An upload that is no longer there was completed by an earlier request, or by nobody.
                return refusal.Kind == ProblemKind.Missing && answer.IsRepeated
                    ? false
                    : throw service.Refused(_what, refusal, isWrite: true);
            }

            if (XmlTexts.Of(content).RootName != "Error")
            {
                return true;
            }

            // S3 begins to answer before it knows whether it can.
            var problem = service.ProblemOf(answer.Response, content);
            if (problem.Kind != ProblemKind.Transient || tries.AreUsedUp)
            {
                throw service.Refused(_what, problem, isWrite: true);
            }

            await client.WaitAsync(tries.NextPause(problem.Code), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask AbortAsync()
        => (await client.SendAsync(Request("DELETE"), _what, CancellationToken.None).ConfigureAwait(false)).Response.Dispose();

    private static string ListOf(string[] tags)
    {
        var list = new StringBuilder("<CompleteMultipartUpload>");
        for (var i = 0; i < tags.Length; i++)
        {
            list.Append(
                CultureInfo.InvariantCulture,
                $"<Part><PartNumber>{i + 1}</PartNumber><ETag>{System.Security.SecurityElement.Escape(tags[i])}</ETag></Part>");
        }

        return list.Append("</CompleteMultipartUpload>").ToString();
    }

    private ObjectRequest Request(string method) => S3Uploads.OfUpload(method, key, id);
}
