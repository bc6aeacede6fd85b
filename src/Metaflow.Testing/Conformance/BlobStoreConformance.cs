using System.Diagnostics.CodeAnalysis;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Testing.Conformance;

/// <summary>What every blob store must do.</summary>
/// <remarks>Each case works in a folder of its own and leaves it behind: give it a place that is thrown away.</remarks>
[SuppressMessage("Naming", "CA1707", Justification = "The name of a case is the sentence that a test report shows.")]
public abstract partial class BlobStoreConformance : ConformanceSuite
{
    private const int Replacements = 50;

    private readonly string _folder = $"conformance-{Guid.NewGuid():N}";

    /// <summary>Bytes that were saved are read back, empty ones too, and the size is theirs.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task What_was_saved_is_read_back(CancellationToken cancellationToken)
    {
        const string Promise = "What SaveAsync stored, OpenAsync reads back and StateAsync measures.";
        var store = Create();
        await store.SaveAsync(
            [Text("a/b/c", "hello"), Text("a/b/d", string.Empty)], overwrite: true, cancellationToken).ConfigureAwait(false);

        Expect.Same(Promise, "hello", await ReadAsync(store, "a/b/c", cancellationToken).ConfigureAwait(false));
        Expect.Same(Promise, string.Empty, await ReadAsync(store, "a/b/d", cancellationToken).ConfigureAwait(false));
        Expect.Same(Promise, 5, await store.SizeAsync(In("a/b/c"), cancellationToken).ConfigureAwait(false));
        Expect.Same(Promise, 0, await store.SizeAsync(In("a/b/d"), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Nothing is found where nothing was saved, and that is not an error.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task What_was_not_saved_is_absent(CancellationToken cancellationToken)
    {
        const string Promise = "Where nothing was saved, OpenAsync and StateAsync return null and ListAsync an empty list.";
        var store = Create();

        Expect.Same(Promise, null, await store.OpenAsync(In("a/b"), cancellationToken).ConfigureAwait(false));
        Expect.Same(Promise, null, await store.SizeAsync(In("a/b"), cancellationToken).ConfigureAwait(false));
        Expect.Sequence(Promise, [], await store.ListAsync(In("a"), cancellationToken).ConfigureAwait(false));
        Expect.Same(Promise, false, await IsListedAtRootAsync(store, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>An object is replaced only when that was asked for; others of the same call are stored either way.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Overwriting_replaces_and_not_overwriting_keeps(CancellationToken cancellationToken)
    {
        var store = Create();
        await store.SaveAsync([Text("x", "first")], overwrite: true, cancellationToken).ConfigureAwait(false);
        await store.SaveAsync([Text("x", "second"), Text("y", "new")], overwrite: false, cancellationToken).ConfigureAwait(false);
        Expect.Same(
            "Without overwriting, an object that exists is kept silently.", "first",
            await ReadAsync(store, "x", cancellationToken).ConfigureAwait(false));
        Expect.Same(
            "Without overwriting, an object that does not exist is stored, beside one that does.",
            "new",
            await ReadAsync(store, "y", cancellationToken).ConfigureAwait(false));

        await store.SaveAsync([Text("x", "third")], overwrite: true, cancellationToken).ConfigureAwait(false);

        Expect.Same(
            "With overwriting, an object that exists is replaced.",
            "third",
            await ReadAsync(store, "x", cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A blob says when it is read whether it was saved raw.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task The_packing_of_a_blob_is_kept_with_it(CancellationToken cancellationToken)
    {
        const string Promise = "A blob that was saved raw is raw when it is read, and no other is.";
        var store = Create();
        foreach (var isRaw in (bool[])[true, false])
        {
            var name = isRaw ? "raw" : "packed";
            await store.SaveAsync(
                [Text(name, "x") with { Packing = new BlobPacking(isRaw) }], overwrite: true, cancellationToken).ConfigureAwait(false);

            var read = Expect.Present(
                Promise, $"a blob at '{name}'", await store.OpenAsync(In(name), cancellationToken).ConfigureAwait(false));
            await using var content = read.Content.ConfigureAwait(false);
            Expect.Same(Promise, isRaw, read.Packing is { IsRaw: true });
        }
    }

    /// <summary>A listing has the names directly below a folder, each once, says which are folders, and leaves out what keeps the packing
    /// of another, but no other name that ends in <c>_meta</c>.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_listing_tells_folders_from_objects_and_hides_companions(CancellationToken cancellationToken)
    {
        const string Promise =
            "ListAsync returns what lies directly under a folder, each name once with whether it is a folder, without what keeps the "
                + "packing of another, and without the folder '_meta'.";
        var store = Create();
        await store.SaveAsync(
            [
                Text("f/one", "1") with { Packing = new BlobPacking(true) },
                Text("f/g/two", "2"),
                Text("f/g/three", "3"),
                Text("f/_meta/four", "4"),
                Text("f/load_meta/six", "6"),
                Text("f/load_meta/six_meta", "{}"),
                Text("f/seven_meta", "7"),
                Text("fg/five", "5"),
            ],
            overwrite: true,
            cancellationToken).ConfigureAwait(false);

        var entries = await store.ListAsync(In("f"), cancellationToken).ConfigureAwait(false);

        Expect.Sequence(
            Promise,
            [new("g", true), new("load_meta", true), new("one", false), new("seven_meta", false)],
            entries?.OrderBy(static entry => entry.Name, StringComparer.Ordinal));
        entries = await store.ListAsync(In("f/load_meta"), cancellationToken).ConfigureAwait(false);
        Expect.Sequence(
            Promise, [new("six", false), new("six_meta", false)], entries?.OrderBy(static entry => entry.Name, StringComparer.Ordinal));
        Expect.Same(
            "ListAsync of an empty path lists the root.", true, await IsListedAtRootAsync(store, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>An object whose write breaks off is not there at all, not even in part.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_write_that_fails_leaves_nothing_of_its_object_visible(CancellationToken cancellationToken)
    {
        const string Promise = "When the write of an object fails, SaveAsync fails and nothing of the object is visible.";
        var store = Create();

        await Expect.FailureAsync(
            Promise,
            async () => await store.SaveAsync(
                [BlobWrite.Of(In("bad"), Fail)], overwrite: true, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

        Expect.Same(Promise, null, await store.SizeAsync(In("bad"), cancellationToken).ConfigureAwait(false));
        Expect.Sequence(Promise, [], await store.ListAsync(_folder, cancellationToken).ConfigureAwait(false));

        static void Fail(Stream target)
        {
            target.Write("half"u8);
            throw new InvalidOperationException("The source broke.");
        }
    }

    /// <summary>Who reads an object while another replaces it reads the old one or the new one.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Readers_see_an_object_whole_while_it_is_replaced(CancellationToken cancellationToken)
    {
        const string Promise = "An object that is replaced is read whole: as it was or as it becomes.";
        var store = Create();
        string[] texts = [new('a', 100_000), new('b', 100_000)];
        await store.SaveAsync([Text("x", texts[0])], overwrite: true, cancellationToken).ConfigureAwait(false);
        var writer = Task.Run(ReplaceAsync, cancellationToken);

        try
        {
            while (!writer.IsCompleted)
            {
                var text = await ReadAsync(store, "x", cancellationToken).ConfigureAwait(false);
                Expect.Same(Promise, texts[text.StartsWith('b') ? 1 : 0], text);
            }
        }
        finally
        {
            await writer.ConfigureAwait(false);
        }

        async Task ReplaceAsync()
        {
            for (var i = 0; i < Replacements; i++)
            {
                await store.SaveAsync([Text("x", texts[i % 2])], overwrite: true, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One call stores hundreds of objects in several folders.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Many_objects_are_saved_in_one_call(CancellationToken cancellationToken)
    {
        const string Promise = "SaveAsync stores all objects that it is given.";
        var store = Create();
        var writes = Enumerable.Range(0, 300).Select(i => Text($"many/{i % 7}/{i}", $"{i}")).ToList();
        await store.SaveAsync(writes, overwrite: true, cancellationToken).ConfigureAwait(false);

        Expect.Same(Promise, "299", await ReadAsync(store, "many/5/299", cancellationToken).ConfigureAwait(false));
        var folders = await store.ListAsync(In("many"), cancellationToken).ConfigureAwait(false);
        Expect.Sequence(
            Promise, ["0", "1", "2", "3", "4", "5", "6"], folders?.Select(static entry => entry.Name).Order(StringComparer.Ordinal));
        Expect.Same(Promise, 43, (await store.ListAsync(In("many/5"), cancellationToken).ConfigureAwait(false)).Count);
    }

    /// <summary>Returns the store under test.</summary>
    /// <returns>The store; what it holds already does not matter.</returns>
    protected abstract IBlobStore Create();

    private string In(string path) => $"{_folder}/{path}";

    private BlobWrite Text(string path, string text) => new(In(path), Encoding.UTF8.GetBytes(text));

    private async Task<bool> IsListedAtRootAsync(IBlobStore store, CancellationToken cancellationToken)
        => (await store.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false)).Contains(new BlobEntry(_folder, true));

    private async Task<string> ReadAsync(IBlobStore store, string path, CancellationToken cancellationToken)
    {
        var read = Expect.Present(
            "An object that was saved is found.", $"an object at '{path}'",
            await store.OpenAsync(In(path), cancellationToken).ConfigureAwait(false));
        using var reader = new StreamReader(read.Content);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }
}
