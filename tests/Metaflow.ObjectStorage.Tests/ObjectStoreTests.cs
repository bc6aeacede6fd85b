using System.Security.Cryptography;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests;

/// <summary>What every store of objects does beyond its contract, behind a proxy that makes its requests fail. Each service has a class of
/// these.</summary>
public abstract class ObjectStoreTests : IAsyncLifetime
{
    private FaultProxy _proxy = null!;
    private IBlobStore _store = null!;

    /// <summary>Gets the token of the test.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Gets the store, which is empty at first.</summary>
    protected IBlobStore Store => _store;

    /// <summary>Gets the proxy that the requests of the store pass.</summary>
    protected FaultProxy Proxy => _proxy;

    /// <summary>Gets the server behind the proxy.</summary>
    /// <remarks>It skips the test where there is none.</remarks>
    protected abstract Task<Uri> ServerAsync();

    /// <summary>Makes a bucket.</summary>
    /// <param name="server">The server, or a proxy before it.</param>
    /// <returns>Its name.</returns>
    protected abstract Task<string> CreatePlaceAsync(Uri server);

    /// <summary>Returns a store in a bucket.</summary>
    /// <param name="server">The server, or a proxy before it.</param>
    /// <param name="place">The bucket.</param>
    /// <param name="retries">How often a request is sent again.</param>
    protected abstract IBlobStore StoreOf(Uri server, string place, int retries);

    /// <summary>Returns whether the server keeps parts of objects that nobody finished, although the store could have removed
    /// them.</summary>
    protected abstract Task<bool> HasPartsAsync();

    public async ValueTask InitializeAsync()
    {
        _proxy = await FaultProxy.StartAsync(await ServerAsync());
        _store = StoreOf(_proxy.Address, await CreatePlaceAsync(_proxy.Address), retries: 6);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_of_several_parts_comes_back_as_it_was(bool isLengthKnown)
    {
        var content = RandomNumberGenerator.GetBytes((ObjectUpload.PartSize * 2) + 12_345);
        var write = isLengthKnown ? new BlobWrite("large", content) : BlobWrite.Of("large", target => target.Write(content));

        Assert.Equal([true], await _store.SaveAsync([write with { Packing = new BlobPacking(IsRaw: true) }], overwrite: false, Token));

        var read = (await _store.OpenAsync("large", Token))!;
        Assert.Equal(new BlobPacking(IsRaw: true), read.Packing);
        Assert.Equal(content, await ReadAsync(read.Content));
        Assert.Equal([false], await _store.SaveAsync([write], overwrite: false, Token));
    }

    [Theory]
    [InlineData(Fault.TornResponse)]
    [InlineData(Fault.LostResponse)]
    [InlineData(Fault.SlowDown)]
    public async Task The_parts_of_an_object_are_read_again_whichever_fails(Fault fault)
    {
        var content = RandomNumberGenerator.GetBytes((ObjectUpload.PartSize * 5) + 7);
        await _store.SaveAsync(
            [new BlobWrite("parts", content) { Packing = new BlobPacking(IsRaw: true) }], overwrite: true, Token);
        for (var failing = 0; failing < 7; failing++)
        {
            Fail(failing, fault);
            Assert.Equal(content, await ReadAsync((await _store.OpenAsync("parts", Token))!.Content));
        }

        // One who reads only the beginning leaves nothing behind that fails.
        await using var beginning = (await _store.OpenAsync("parts", Token))!.Content;
        Assert.Equal(content[0], beginning.ReadByte());
    }

    [Fact]
    public async Task A_large_object_whose_writer_fails_leaves_nothing()
    {
        var write = BlobWrite.Of("large", static target =>
        {
            target.Write(new byte[ObjectUpload.PartSize + 1]);
            throw new InvalidOperationException("no more");
        });

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _store.SaveAsync([write], overwrite: true, Token));

        Assert.Null(await _store.OpenAsync("large", Token));
        Assert.False(await HasPartsAsync());
    }

    [Theory]
    [InlineData(Fault.SlowDown)]
    [InlineData(Fault.InternalError)]
    [InlineData(Fault.LostRequest)]
    [InlineData(Fault.LostResponse)]
    [InlineData(Fault.TornResponse)]
    public async Task An_object_is_created_once_whichever_request_fails(Fault fault)
    {
        foreach (var size in (int[])[10, ObjectUpload.PartSize + 10])
        {
            for (var failing = 0; failing < (size < 100 ? 1 : 5); failing++)
            {
                var path = $"{fault}/{size}/{failing}";
                var content = RandomNumberGenerator.GetBytes(size);

                // On a connection that has served before a request is sent again at once.
                await _store.StateAsync([path], Token);
                Fail(failing, fault);

                Assert.Equal([true], await _store.SaveAsync([new BlobWrite(path, content)], overwrite: false, Token));
                Assert.Equal([false], await _store.SaveAsync([new BlobWrite(path, "other"u8.ToArray())], overwrite: false, Token));
                Assert.Equal(content, await ReadAsync((await _store.OpenAsync(path, Token))!.Content));
            }
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(3 << 20)]
    public async Task A_connection_that_breaks_in_the_middle_of_an_object_is_replaced(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        await _store.SaveAsync([new BlobWrite("torn", content)], overwrite: true, Token);
        Fail(0, Fault.TornResponse);
        Assert.Equal(content, await ReadAsync((await _store.OpenAsync("torn", Token))!.Content));

        Fail(0, Fault.TornResponse);
        using var onThisThread = (await _store.OpenAsync("torn", Token))!.Content;
        using var target = new MemoryStream();
        onThisThread.CopyTo(target);
        Assert.Equal(content, target.ToArray());
    }

    [Fact]
    public async Task A_listing_whose_connection_breaks_is_asked_for_again()
    {
        await _store.SaveAsync([new BlobWrite("f/a", "1"u8.ToArray()), new BlobWrite("f/g/b", "1"u8.ToArray())], overwrite: true, Token);
        Fail(0, Fault.TornResponse);
        Assert.Equal(
            [new BlobEntry("a", IsFolder: false), new BlobEntry("g", IsFolder: true)],
            (await _store.ListAsync("f", Token)).OrderBy(static entry => entry.Name));
    }

    [Fact]
    public async Task An_object_that_is_replaced_while_it_is_read_is_not_mixed_with_its_successor()
    {
        await _store.SaveAsync([new BlobWrite("changing", new byte[3 << 20])], overwrite: true, Token);
        Fail(0, Fault.TornResponse);
        var read = (await _store.OpenAsync("changing", Token))!;
        await _store.SaveAsync([new BlobWrite("changing", Enumerable.Repeat((byte)1, 3 << 20).ToArray())], overwrite: true, Token);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await ReadAsync(read.Content));

        Assert.True(error.IsTransient);
        Assert.Contains("replaced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_an_error_that_may_pass()
    {
        _proxy.Faults = static (_, _) => Fault.SlowDown;
        var store = StoreOf(_proxy.Address, "some-bucket", retries: 2);

        var error = await Assert.ThrowsAsync<StorageException>(
            async () => await store.SaveAsync([new BlobWrite("x", "y"u8.ToArray())], overwrite: true, Token));

        Assert.Equal((ErrorCodes.StorageWriteFailed, true), (error.Code, error.IsTransient));
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_that_may_pass()
    {
        var store = StoreOf(new Uri("http://127.0.0.1:9"), "some-bucket", retries: 1);
        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.OpenAsync("x", Token));
        Assert.Equal((ErrorCodes.StorageReadFailed, true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        var store = StoreOf(_proxy.Address, "missing-bucket", retries: 2);
        var error = await Assert.ThrowsAsync<StorageException>(
            async () => await store.SaveAsync([new BlobWrite("x", "y"u8.ToArray())], overwrite: true, Token));
        Assert.Equal(ErrorCodes.BucketMissing, error.Code);
        Assert.Contains("'missing-bucket'", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads a stream to its end, and closes it.</summary>
    /// <param name="content">The stream.</param>
    protected static async Task<byte[]> ReadAsync(Stream content)
    {
        await using (content)
        {
            using var target = new MemoryStream();
            await content.CopyToAsync(target, Token);
            return target.ToArray();
        }
    }

    private void Fail(int request, Fault fault)
    {
        var first = _proxy.Requests;
        _proxy.Faults = (number, _) => number == first + request ? fault : Fault.None;
    }
}
