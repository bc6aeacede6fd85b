using Metaflow.Aws.Http;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>Lists what is directly below a folder of a bucket.</summary>
/// <param name="client">Sends the requests.</param>
internal sealed class S3Listing(S3Client client)
{
    /// <summary>Returns the entries of a folder.</summary>
    /// <param name="folder">The key of the folder, with a slash at its end; empty for the bucket.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<List<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var entries = new List<BlobEntry>();
        for (string? next = null; ;)
        {
            var request = S3Client.Request("GET", "");
            request.Query["list-type"] = "2";
            request.Query["delimiter"] = "%2F";
            request.Query["encoding-type"] = "url";
            request.Query["prefix"] = ObjectRequest.Encode(folder);
            if (next is not null)
            {
                request.Query["continuation-token"] = ObjectRequest.Encode(next);
            }

            var what = $"The folder '{folder}' of the bucket '{client.Bucket}' could not be listed.";
            var (answer, page) = await client.SendAndReadAsync(request, what, cancellationToken).ConfigureAwait(false);
            next = answer.Response.Succeeded ? Read(page, folder.Length, entries) : null;

            if (next is null)
            {
                return entries;
            }
        }
    }

    /// <summary>Reads a page of a list.</summary>
    /// <returns>What asks for the next page; <see langword="null"/> at the last one.</returns>
    private static string? Read(byte[] page, int prefix, List<BlobEntry> entries)
    {
        string? next = null;
        var xml = XmlTexts.Of(page);
        while (xml.Next("Key", "CommonPrefixes", "NextContinuationToken") is var (name, text))
        {
            if (name == "NextContinuationToken")
            {
                next = text;
            }
            else
            {
                var isFolder = name == "CommonPrefixes";
                var key = isFolder ? new XmlTexts(text).First("Prefix") ?? "" : text;
                Add(Uri.UnescapeDataString(key.Replace('+', ' ')), prefix, isFolder, entries);
            }
        }

        return next;
    }

    private static void Add(string key, int prefix, bool isFolder, List<BlobEntry> entries)
    {
        // A key that ends in a slash is what consoles make of an empty folder.
        var name = key.Length > prefix ? key[prefix..].TrimEnd('/') : "";
        if (name.Length > 0 && (isFolder || !key.EndsWith('/')))
        {
            entries.Add(new BlobEntry(name, isFolder));
        }
    }
}
