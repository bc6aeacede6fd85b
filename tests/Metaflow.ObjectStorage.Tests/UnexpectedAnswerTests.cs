using System.Text;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests;

/// <summary>Answers that say that a request succeeded, but are not those of the service: a proxy sent them, or they are cut. To believe
/// them loses data: who lists too little deletes what is needed, and who believes that something is stored throws its own copy
/// away.</summary>
public sealed class UnexpectedAnswerTests
{
    private const string Html = "<!DOCTYPE html><html><body>Please sign in.</body></html>";

    /// <summary>A page of a list by its service, with two objects and no other page.</summary>
    private static readonly Dictionary<string, string> Pages = new(StringComparer.Ordinal)
    {
        ["s3"] = """
            <?xml version="1.0"?><ListBucketResult xmlns="x"><IsTruncated>false</IsTruncated>
            <Contents><Key>some/prefix/f/a</Key><Size>1</Size></Contents>
            <Contents><Key>some/prefix/f/b</Key><Size>1</Size></Contents></ListBucketResult>
            """,
        ["azure"] = """
            <?xml version="1.0"?><EnumerationResults ContainerName="c"><Blobs><Blob><Name>some/prefix/f/a</Name></Blob>
            <Blob><Name>some/prefix/f/b</Name></Blob></Blobs><NextMarker /></EnumerationResults>
            """,
        ["gs"] = """{"kind": "storage#objects", "items": [{"name": "some/prefix/f/a"}, {"name": "some/prefix/f/b"}]}""",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int> BadPages()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var (service, page) in Pages)
        {
            data.Add(service, Html, 200);
            data.Add(service, "{}", 200);
            data.Add(service, "[]", 200);
            data.Add(service, "", 200);
            data.Add(service, "", 204);
            data.Add(service, Html, 404);

            // Between the objects, in an element, and in the last end tag.
            data.Add(service, page[..page.LastIndexOf("some", StringComparison.Ordinal)], 200);
            data.Add(service, page[..(page.IndexOf("f/a", StringComparison.Ordinal) + 2)], 200);
            data.Add(service, page[..^2], 200);
        }

        data.Add("s3", Pages["s3"].Replace("false", "true"), 200);
        data.Add("s3", Pages["s3"].Replace("</Key><Size>1</Size></Contents></L", "</L"), 200);
        data.Add("s3", Pages["s3"].Replace("<Key>some/prefix/f/b</Key>", ""), 200);
        data.Add(
            "s3", Pages["s3"].Replace("false</IsTruncated>", "true</IsTruncated><NextContinuationToken>x</NextContinuationToken>"), 200);
        data.Add("azure", Pages["azure"].Replace("<NextMarker />", "<NextMarker>x</NextMarker>"), 200);
        data.Add("azure", Pages["azure"].Replace("</Name></Blob></Blobs>", ""), 200);
        data.Add("gs", Pages["gs"].Replace("{\"kind", "{\"nextPageToken\": \"x\", \"kind"), 200);
        data.Add("gs", Pages["gs"].Replace("\"name\"", "\"id\""), 200);
        return data;
    }

    [Theory]
    [MemberData(nameof(BadPages))]
    public async Task A_list_that_is_not_whole_is_an_error(string service, string page, int status)
    {
        await using var server = await SmallServer.StartAsync(context => AnswerAsync(context, page, status));

        var error = await Assert.ThrowsAsync<StorageException>(async () => await StoreOf(service, server.Address).ListAsync("f", Token));

        Assert.Equal(ErrorCodes.StorageReadFailed, error.Code);
        if (status != 404)
        {
            Assert.Contains(server.Address.Authority, error.Message, StringComparison.Ordinal);
            Assert.Contains("proxy", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("azure")]
    [InlineData("gs")]
    public async Task A_list_that_is_cut_once_is_asked_for_again(string service)
    {
        var requests = 0;
        await using var server = await SmallServer.StartAsync(
            context => AnswerAsync(context, Interlocked.Increment(ref requests) == 1 ? Pages[service][..^2] : Pages[service], 200));

        var entries = await StoreOf(service, server.Address).ListAsync("f", Token);

        Assert.Equal(["a", "b"], entries.Select(static entry => entry.Name));
        Assert.Equal(2, requests);
    }

    [Theory]
    [InlineData("<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>i</UploadId></Upload>")]
    [InlineData("<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>")]
    [InlineData(Html)]
    public async Task A_list_of_unfinished_uploads_that_is_not_whole_is_an_error(string page)
    {
        await using var server = await SmallServer.StartAsync(context => AnswerAsync(context, page, 200));
        var store = StoreOf("s3", server.Address);
        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.ListUnfinishedAsync("f", Token));
        Assert.Equal(ErrorCodes.StorageReadFailed, error.Code);
    }

    [Theory]
    [InlineData("s3", true)]
    [InlineData("s3", false)]
    [InlineData("azure", true)]
    [InlineData("azure", false)]
    [InlineData("gs", true)]
    [InlineData("gs", false)]
    public async Task An_object_is_not_stored_because_a_proxy_says_so(string service, bool isLarge)
    {
        await using var server = await SmallServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await AnswerAsync(context, Html, 200);
        });
        var write = new BlobWrite("x", new byte[isLarge ? ObjectUpload.PartSize + 1 : 1]);

        var error = await Assert.ThrowsAsync<StorageException>(
            async () => await StoreOf(service, server.Address).SaveAsync([write], overwrite: true, Token));

        Assert.Equal(ErrorCodes.StorageWriteFailed, error.Code);
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("azure")]
    [InlineData("gs")]
    public async Task An_object_is_not_there_because_a_proxy_says_so(string service)
    {
        await using var server = await SmallServer.StartAsync(context => AnswerAsync(context, Html, 200));
        var error = await Assert.ThrowsAsync<StorageException>(
            async () => await StoreOf(service, server.Address).StateAsync(["x"], Token));
        Assert.Equal(ErrorCodes.StorageReadFailed, error.Code);
    }

    [Theory]
    [InlineData("s3", null)]
    [InlineData("azure", null)]
    [InlineData("gs", null)]
    [InlineData("s3", "\"e\"")]
    [InlineData("azure", "\"e\"")]
    public async Task A_page_of_a_proxy_is_not_taken_for_the_content_of_an_object(string service, string? tag)
    {
        var requests = 0;
        await using var server = await SmallServer.StartAsync(context =>
        {
            Interlocked.Increment(ref requests);
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.ETag = tag;
            return AnswerAsync(context, Html, 200);
        });
        var store = StoreOf(service, server.Address);
        foreach (var readAsync in (Func<Task>[])[() => store.OpenAsync("x", Token).AsTask(), () => store.ReadAsync(["x"], Token).AsTask()])
        {
            Volatile.Write(ref requests, 0);
            var error = await Assert.ThrowsAsync<StorageException>(readAsync);
            Assert.Equal((ErrorCodes.StorageReadFailed, 2), (error.Code, requests));
            Assert.Contains("proxy", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("s3", "x-amz-request-id", "ETag")]
    [InlineData("azure", "x-ms-request-id", "ETag")]
    [InlineData("gs", "x-goog-hash", "x-goog-generation")]
    public async Task A_page_that_the_service_sent_is_an_object(string service, string own, string version)
    {
        await using var server = await SmallServer.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.Headers[version] = "1";
            context.Response.Headers[own] = "1";
            return AnswerAsync(context, Html, 200);
        });

        var content = Assert.Single(await StoreOf(service, server.Address).ReadAsync(["x"], Token));

        Assert.Equal(Html, Encoding.UTF8.GetString(content!));
    }

    [Theory]
    [InlineData("<CompleteMultipartUploadResult><Key>x</Key>")]
    [InlineData(Html)]
    [InlineData("")]
    public async Task An_upload_is_not_complete_because_a_part_of_an_answer_says_so(string completion)
    {
        await using var server = await SmallServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.Headers.ETag = "\"e\"";
            var body = context.Request.Query.ContainsKey("uploads")
                ? "<InitiateMultipartUploadResult><UploadId>i</UploadId></InitiateMultipartUploadResult>"
                : context.Request.Method == "POST" ? completion : "";
            await AnswerAsync(context, body, 200);
        });
        var error = await Assert.ThrowsAsync<StorageException>(async () => await StoreOf("s3", server.Address).SaveAsync(
            [new BlobWrite("x", new byte[ObjectUpload.PartSize + 1])], overwrite: true, Token));
        Assert.Equal(ErrorCodes.StorageWriteFailed, error.Code);
    }

    private static ObjectBlobStore StoreOf(string service, Uri server) => service switch
    {
        "s3" => Buckets.StoreOf(server, "some-bucket", change: static settings => settings with { Retries = 1 }),
        "azure" => Containers.StoreOf(Containers.KeyOf(server), "some-container", retries: 1),
        _ => GoogleBuckets.StoreOf(server, "some-bucket", retries: 1),
    };

    private static async Task AnswerAsync(HttpContext context, string body, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Connection = "close";
        if (status != 204 && context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        }
    }
}
