using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>The multipart uploads of a bucket that nobody completed.</summary>
internal sealed class S3Uploads : IUnfinishedUploads
{
    // Ids of uploads have no line breaks; a key may have any character but is encoded.
    private const char BetweenMarkers = '\n';

    /// <inheritdoc/>
    public ObjectRequest List(string prefix, string? next)
    {
        var request = S3Service.Request("GET", "");
        request.Query["uploads"] = "";
        request.Query["encoding-type"] = "url";
        request.Query["prefix"] = ObjectRequest.Encode(prefix);
        if (next?.Split(BetweenMarkers) is [var key, var id])
        {
            request.Query["key-marker"] = key;
            request.Query["upload-id-marker"] = id;
        }

        return request;
    }

    /// <inheritdoc/>
    public string? ReadList(byte[] page, List<UnfinishedObject> uploads)
    {
        var xml = XmlTexts.WholeOf(page, "ListMultipartUploadsResult");
        string? lastKey = null;
        while (xml.Next("Upload", "NextKeyMarker") is var (name, text))
        {
            if (name == "NextKeyMarker")
            {
                lastKey = S3Service.DecodedKey(text);
                continue;
            }

            var upload = new XmlTexts(text);
            if (upload.First("UploadId") is { } id)
            {
                uploads.Add(new UnfinishedObject(S3Service.KeyIn(text, "Key"), id, ObjectFacts.TimeOf(upload.First("Initiated"))));
            }
        }

        return xml.First("IsTruncated") != "true" ? null
            : lastKey is null ? throw S3Service.WithoutNextPage()
            : $"{ObjectRequest.Encode(lastKey)}{BetweenMarkers}{ObjectRequest.Encode(xml.First("NextUploadIdMarker") ?? "")}";
    }

    /// <inheritdoc/>
    public ObjectRequest Delete(string key, string id) => OfUpload("DELETE", key, id);

    /// <summary>Returns a request about an upload.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="id">The id of the upload.</param>
    public static ObjectRequest OfUpload(string method, string key, string id)
    {
        var request = S3Service.Request(method, key);
        request.Query["uploadId"] = ObjectRequest.Encode(id);
        return request;
    }
}
