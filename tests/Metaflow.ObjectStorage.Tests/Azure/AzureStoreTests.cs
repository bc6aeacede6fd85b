using System.Globalization;
using Metaflow.Azure.Blobs;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.Azure;

/// <summary>Stores in a container of Azure, beyond their contract.</summary>
public sealed class AzureStoreTests(AzuriteServer azurite) : ObjectStoreTests
{
    private static readonly byte[] Large = new byte[ObjectUpload.PartSize + 10];
    private static readonly byte[] First = [.. Enumerable.Repeat((byte)1, ObjectUpload.PartSize + 7)];

    private string Container => Store.Root.Split('/')[0];

    [Fact]
    public async Task A_blob_that_is_created_twice_in_blocks_is_that_of_the_first()
    {
        await WriteBetweenAsync("raced");

        Assert.Equal([false], await Store.SaveAsync([new BlobWrite("raced", Large)], overwrite: false, Token));

        Assert.Equal(First, await ReadAsync((await Store.OpenAsync("raced", Token))!.Content));
    }

    [Fact]
    public async Task A_blob_whose_blocks_another_writer_has_discarded_is_an_error_that_may_pass()
    {
        await WriteBetweenAsync("raced");

        var error = await Assert.ThrowsAsync<StorageException>(
            async () => await Store.SaveAsync([new BlobWrite("raced", Large)], overwrite: true, Token));

        Assert.Equal((ErrorCodes.StorageWriteFailed, true), (error.Code, error.IsTransient));
        Assert.Contains("parts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_body_is_sent_with_a_hash_and_the_packing_under_the_name_that_Python_reads()
    {
        var hashes = new List<string>();
        Proxy.Faults = (_, request) =>
        {
            lock (hashes)
            {
                hashes.Add(request.Headers.ContentMD5.ToString());
            }

            return Fault.None;
        };
        var packing = new BlobPacking(IsRaw: true);
        await Store.SaveAsync(
            [new BlobWrite("s", "1"u8.ToArray()) { Packing = packing }, new BlobWrite("l", Large) { Packing = packing }],
            overwrite: true,
            Token);
        Assert.Equal(4, hashes.Count);
        Assert.All(hashes, Assert.NotEmpty);

        foreach (var name in (string[])["s", "l"])
        {
            var client = Containers.ClientOf(Containers.KeyOf(Proxy.Address), Container);
            var answer = await client.SendAsync(client.Service.Look($"some/prefix/{name}"), "No facts.", Token);
            Assert.Contains("raw", answer.Response.Header("x-ms-meta-metaflow_user_attributes"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_signature_is_good_for_what_it_permits_until_it_ends()
    {
        var server = await ServerAsync();
        Assert.Equal([true], await With("racwdl", 1).SaveAsync([new BlobWrite("x", "1"u8.ToArray())], overwrite: false, Token));
        Assert.Equal([new BlobEntry("x", IsFolder: false)], await With("rl", 1).ListAsync("", Token));

        var readsOnly = await Assert.ThrowsAsync<StorageException>(
            async () => await With("rl", 1).SaveAsync([new BlobWrite("y", "1"u8.ToArray())], overwrite: true, Token));
        Assert.Equal(ErrorCodes.StorageNoPermission, readsOnly.Code);
        Assert.Contains("Contributor", readsOnly.Message, StringComparison.Ordinal);

        var ended = await Assert.ThrowsAsync<StorageException>(async () => await With("rl", -1).OpenAsync("x", Token));
        Assert.Equal(ErrorCodes.StorageNoPermission, ended.Code);
        Assert.Contains("ends at 20", ended.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", ended.Message, StringComparison.Ordinal);

        IBlobStore With(string permissions, int hours)
        {
            var variables = Containers.KeyOf(server);
            variables.Remove("AZURE_STORAGE_KEY");
            variables["AZURE_STORAGE_SAS_TOKEN"] = Containers.SignatureOf(permissions, DateTimeOffset.UtcNow.AddHours(hours));
            return Containers.StoreOf(variables, Container);
        }
    }

    [Fact]
    public async Task A_key_that_is_not_that_of_the_account_is_named()
    {
        var variables = Containers.KeyOf(await ServerAsync());
        variables["AZURE_STORAGE_KEY"] = Convert.ToBase64String(new byte[64]);

        var error = await Assert.ThrowsAsync<StorageException>(
            async () => await Containers.StoreOf(variables, Container).OpenAsync("x", Token));

        Assert.Equal(ErrorCodes.StorageNoPermission, error.Code);
        Assert.Contains("AZURE_STORAGE_KEY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_corrected_by_that_of_the_server()
    {
        await using var server = await SmallServer.StartAsync(static context =>
        {
            var sent = DateTimeOffset.Parse(context.Request.Headers["x-ms-date"].ToString(), CultureInfo.InvariantCulture);
            var isGood = (sent - DateTimeOffset.UtcNow).Duration() < TimeSpan.FromMinutes(15);
            context.Response.StatusCode = isGood ? 200 : 403;
            context.Response.Headers["x-ms-error-code"] = "AuthenticationFailed";
            context.Response.Headers.ETag = "\"e\"";
            return isGood ? context.Response.WriteAsync("right") : Task.CompletedTask;
        });
        var store = Containers.StoreOf(Containers.KeyOf(server.Address), "some-container", time: new LateClock());
        Assert.Equal("right"u8.ToArray(), await ReadAsync((await store.OpenAsync("x", Token))!.Content));
    }

    [Fact]
    public async Task A_server_that_takes_a_minute_to_fail_is_not_asked_as_often_as_others()
    {
        await using var server = await SmallServer.StartAsync(static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var store = Containers.StoreOf(Containers.KeyOf(server.Address), "some-container", retries: 20, time: new SlowClock());
        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.OpenAsync("x", Token));
        Assert.Matches("failed [4-9] times", error.Message);
    }

    [Theory]
    [InlineData(409, "BlobImmutableDueToPolicy", "policy")]
    [InlineData(409, "BlobArchived", "archive")]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", "identity")]
    [InlineData(403, "AuthorizationPermissionMismatch", "Storage Blob Data Contributor")]
    [InlineData(403, "AuthenticationFailed", "AZURE_STORAGE_SAS_TOKEN")]
    public async Task A_refusal_says_what_to_do(int status, string code, string expected)
    {
        await using var server = await SmallServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["x-ms-error-code"] = code;
            return Task.CompletedTask;
        });
        var error = await Assert.ThrowsAsync<StorageException>(async () => await Containers.StoreOf(
            Containers.KeyOf(server.Address), "some-container").SaveAsync([new BlobWrite("x", "1"u8.ToArray())], overwrite: true, Token));
        Assert.Equal((ErrorCodes.StorageNoPermission, false), (error.Code, error.IsTransient));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_has_folders_encoded_names_and_a_marker_and_no_entries_of_folders()
    {
        var client = Containers.ClientOf(Containers.KeyOf(new Uri("http://127.0.0.1:9")), "some-container");
        var entries = new List<ListedObject>();
        var next = client.Service.ReadList(
            """
            <?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="c"><Prefix>p/</Prefix><Blobs>
            <Blob><Name>p/a&amp;b</Name><Properties><Last-Modified>Sun, 29 Nov 2026 10:00:00 GMT</Last-Modified>
            <Content-Length>7</Content-Length></Properties></Blob>
            <Blob><Name Encoded="true">p/%EF%BF%BE</Name><Properties /></Blob>
            <Blob><Name>p/folder</Name><Properties><ResourceType>directory</ResourceType></Properties></Blob>
            <BlobPrefix><Name>p/g/</Name></BlobPrefix></Blobs><NextMarker>2!x</NextMarker></EnumerationResults>
            """u8.ToArray(),
            entries);
        Assert.Equal("2!x", next);
        Assert.Equal([("p/a&b", false), ("p/\uFFFE", false), ("p/g/", true)], entries.Select(static entry => (entry.Key, entry.IsFolder)));
        Assert.Equal(
            (7, new DateTimeOffset(2026, 11, 29, 10, 0, 0, TimeSpan.Zero)), (entries[0].Length, entries[0].ChangedAt));
    }

    protected override Task<Uri> ServerAsync() => azurite.RequiredAsync();

    protected override Task<string> CreatePlaceAsync(Uri server) => Containers.CreatePlaceAsync(server);

    protected override IBlobStore StoreOf(Uri server, string place, int retries)
        => Containers.StoreOf(Containers.KeyOf(server), place, retries);

    /// <remarks>The server keeps blocks for a week, and no request removes them.</remarks>
    protected override Task<bool> HasPartsAsync() => Task.FromResult(false);

    /// <summary>Lets another process write a blob just before the blocks of the next one are committed.</summary>
    private async Task WriteBetweenAsync(string path)
    {
        var other = Containers.StoreOf(Containers.KeyOf(await ServerAsync()), Container);
        Proxy.Faults = (_, request) =>
        {
            if (request.Query["comp"] == "blocklist")
            {
                other.SaveAsync([new BlobWrite(path, First)], overwrite: true, default).AsTask().GetAwaiter().GetResult();
            }

            return Fault.None;
        };
    }

    /// <summary>Takes each look at the time for a minute.</summary>
    private sealed class SlowClock : TimeProvider
    {
        private long _looks;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * TimestampFrequency * 60;
    }

    private sealed class LateClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(-1);
    }
}
