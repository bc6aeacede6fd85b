using System.Text;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>What every blob store must do.</summary>
public abstract class BlobStoreConformance
{
    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IBlobStore Create();

    [Fact]
    public async Task What_was_saved_is_read_back()
    {
        var store = Create();
        await store.SaveAsync([Text("a/b/c", "hello"), Text("a/b/d", string.Empty)], overwrite: true, Token);

        Assert.Equal("hello", await ReadAsync(store, "a/b/c"));
        Assert.Equal(string.Empty, await ReadAsync(store, "a/b/d"));
        Assert.Equal(5, await store.SizeAsync("a/b/c", Token));
    }

    [Fact]
    public async Task What_was_not_saved_is_absent()
    {
        var store = Create();

        Assert.Null(await store.OpenAsync("a/b", Token));
        Assert.Null(await store.SizeAsync("a/b", Token));
        Assert.Empty(await store.ListAsync("a", Token));
        Assert.Empty(await store.ListAsync(string.Empty, Token));
    }

    [Fact]
    public async Task Overwriting_replaces_and_not_overwriting_keeps()
    {
        var store = Create();
        await store.SaveAsync([Text("x", "first")], overwrite: true, Token);
        await store.SaveAsync([Text("x", "second"), Text("y", "new")], overwrite: false, Token);
        Assert.Equal("first", await ReadAsync(store, "x"));
        Assert.Equal("new", await ReadAsync(store, "y"));

        await store.SaveAsync([Text("x", "third")], overwrite: true, Token);

        Assert.Equal("third", await ReadAsync(store, "x"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_packing_of_a_blob_is_kept_with_it(bool isRaw)
    {
        var store = Create();
        await store.SaveAsync([Text("blob", "x") with { Packing = new BlobPacking(isRaw) }], overwrite: true, Token);

        var read = await store.OpenAsync("blob", Token);
        using var content = read!.Content;

        Assert.Equal(isRaw, read.Packing is { IsRaw: true });
    }

    [Fact]
    public async Task A_listing_tells_folders_from_objects_and_hides_companions()
    {
        var store = Create();
        await store.SaveAsync([Text("f/one", "1") with { Packing = new BlobPacking(true) }, Text("f/g/two", "2"), Text("f/_meta/three", "3")], overwrite: true, Token);

        Assert.Equal([("g", true), ("one", false)], (await store.ListAsync("f", Token)).OrderBy(static entry => entry.Name));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_nothing_of_its_object_visible()
    {
        var store = Create();

        await Assert.ThrowsAnyAsync<Exception>(async () => await store.SaveAsync([new BlobWrite("bad", Fail)], overwrite: true, Token));

        Assert.Null(await store.SizeAsync("bad", Token));
        Assert.Empty(await store.ListAsync(string.Empty, Token));

        static void Fail(Stream target)
        {
            target.Write("half"u8);
            throw new InvalidOperationException("The source broke.");
        }
    }

    [Fact]
    public async Task Readers_see_an_object_whole_while_it_is_replaced()
    {
        var store = Create();
        string[] texts = [new('a', 100_000), new('b', 100_000)];
        await store.SaveAsync([Text("x", texts[0])], overwrite: true, Token);
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await store.SaveAsync([Text("x", texts[i % 2])], overwrite: true, Token);
            }
        });

        while (!writer.IsCompleted)
        {
            Assert.Contains(await ReadAsync(store, "x"), texts);
        }

        await writer;
    }

    [Fact]
    public async Task Many_objects_are_saved_in_one_call()
    {
        var store = Create();
        var writes = Enumerable.Range(0, 300).Select(static i => Text($"many/{i % 7}/{i}", $"{i}")).ToList();
        await store.SaveAsync(writes, overwrite: true, Token);

        Assert.Equal("299", await ReadAsync(store, "many/5/299"));
        Assert.Equal(7, (await store.ListAsync("many", Token)).Count);
    }

    private protected static BlobWrite Text(string path, string text) => new(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private protected static async Task<string> ReadAsync(IBlobStore store, string path)
    {
        var read = await store.OpenAsync(path, Token);
        using var reader = new StreamReader(read!.Content);
        return await reader.ReadToEndAsync(Token);
    }
}
