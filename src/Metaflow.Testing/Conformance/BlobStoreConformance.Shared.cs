using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Testing.Conformance;

public abstract partial class BlobStoreConformance
{
    private const int Creators = 20;
    private const int Pieces = 64;
    private const int PieceLength = 1 << 18;
    private const int Kills = 3;
    private const int KilledLength = 64 << 10;

    /// <summary>Of twenty who create an object at once, one is told that it won, and the object is that one's.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Of_many_who_create_an_object_at_once_exactly_one_wins(CancellationToken cancellationToken)
    {
        const string Promise =
            "Without overwriting, of several callers who store a path at once exactly one gets true, and the object is that caller's.";
        var store = Create();
        for (var round = 0; round < 5; round++)
        {
            var path = $"leader/{round}";
            using var together = new Barrier(Creators);
            var creates = Enumerable.Range(0, Creators).Select(creator => Task.Factory.StartNew(
                async () =>
                {
                    together.SignalAndWait(cancellationToken);
                    return (await store.SaveAsync(
                        [Text(path, NameOf(creator))], overwrite: false, cancellationToken).ConfigureAwait(false))[0];
                },
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap()).ToList();
            var won = await Task.WhenAll(creates).ConfigureAwait(false);

            Expect.Same(Promise, 1, won.Count(static has => has));
            Expect.Same(Promise, NameOf(Array.IndexOf(won, true)), await ReadAsync(store, path, cancellationToken).ConfigureAwait(false));
        }

        static string NameOf(int creator) => string.Create(CultureInfo.InvariantCulture, $"creator {creator}");
    }

    /// <summary>A call says of each of its objects whether it stored it.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_save_tells_which_objects_it_stored(CancellationToken cancellationToken)
    {
        const string Promise = "SaveAsync returns for each object in order whether this call stored it.";
        var store = Create();
        Expect.Sequence(
            Promise,
            [true, true],
            await store.SaveAsync([Text("a", "1"), Text("c", "1")], overwrite: false, cancellationToken).ConfigureAwait(false));
        Expect.Sequence(
            Promise,
            [false, true, false],
            await store.SaveAsync(
                [Text("a", "2"), Text("b", "2"), Text("c", "2")], overwrite: false, cancellationToken).ConfigureAwait(false));
        Expect.Sequence(
            Promise,
            [true, true],
            await store.SaveAsync([Text("a", "3"), Text("d", "3")], overwrite: true, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>An object that is the last of its call is seen only together with all others.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task The_last_object_of_a_call_is_seen_after_all_others(CancellationToken cancellationToken)
    {
        const string Promise = "An object with IsLast becomes visible only after all others of the same call.";
        var store = Create();
        for (var round = 0; round < 10; round++)
        {
            string[] others = [.. Enumerable.Range(0, 20).Select(i => $"mark/{round}/{i}")];
            BlobWrite last = Text($"mark/{round}/done", "") with { IsLast = true };
            var save = Task.Run(
                async () => await store.SaveAsync(
                    [last, .. others.Select(path => Text(path, "x"))], overwrite: true, cancellationToken).ConfigureAwait(false),
                cancellationToken);
            while (await store.SizeAsync(last.Path, cancellationToken).ConfigureAwait(false) is null && !save.IsCompleted)
            {
                await Task.Yield();
            }

            if (!save.IsFaulted)
            {
                var states = await store.StateAsync([.. others.Select(In)], cancellationToken).ConfigureAwait(false);
                Expect.Same(Promise, 0, states.Count(static state => state is null));
            }

            await save.ConfigureAwait(false);
        }
    }

    /// <summary>Batches answer in the order of their paths, and say where nothing is.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Batches_answer_in_the_order_asked(CancellationToken cancellationToken)
    {
        const string Promise = "StateAsync and ReadAsync answer for each path in order, with null where nothing is.";
        var store = Create();
        var before = TimeProvider.System.GetUtcNow();
        await store.SaveAsync(
            [Text("q/one", "1"), Text("q/three", "333"), Text("q/two", "22")], overwrite: true, cancellationToken).ConfigureAwait(false);
        string[] paths = [In("q/three"), In("q/none"), In("q/one"), In("q/two"), In("q/one")];

        var states = await store.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, [3, null, 1, 2, 1], states?.Select(static state => state?.Length));
        Expect.Same(
            "StateAsync tells when an object was stored.", true, (states![0]!.ChangedAt - before).Duration() < TimeSpan.FromMinutes(10));
        var contents = await store.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        Expect.Sequence(
            Promise,
            ["333", null, "1", "22", "1"],
            contents?.Select(static content => content is null ? null : Encoding.UTF8.GetString(content)));
        Expect.Same("A batch may be empty.", 0, (await store.StateAsync([], cancellationToken).ConfigureAwait(false)).Count);
        Expect.Same(
            "A batch may be empty.", 0, (await store.SaveAsync([], overwrite: true, cancellationToken).ConfigureAwait(false)).Count);
    }

    /// <summary>What was deleted is gone, with what was kept beside it; the rest stays.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task What_was_deleted_is_gone_and_nothing_else(CancellationToken cancellationToken)
    {
        const string Promise = "DeleteAsync deletes the objects that it is given, and no other.";
        var store = Create();
        await store.SaveAsync(
            [Text("g/one", "1") with { Packing = new BlobPacking(true) }, Text(
                "g/two", "2"), Text("g/two_meta", "{}"), Text("g/four", "4"), Text("other/three", "3")],
            overwrite: true,
            cancellationToken).ConfigureAwait(false);

        await store.DeleteAsync([In("g/one"), In("g/none"), In("nowhere/none"), In("g/two")], cancellationToken).ConfigureAwait(false);

        var left = await store.StateAsync(
            [In("g/one"), In("g/two"), In("g/two_meta"), In("g/four"), In("other/three")], cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, [null, null, 2, 1, 1], left?.Select(static state => state?.Length));
        var entries = await store.ListAsync(In("g"), cancellationToken).ConfigureAwait(false);
        Expect.Sequence(Promise, ["four", "two_meta"], entries?.Select(static entry => entry.Name).Order(StringComparer.Ordinal));

        await store.SaveAsync([Text("g/one", "x")], overwrite: true, cancellationToken).ConfigureAwait(false);
        var read = Expect.Present(Promise, "an object", await store.OpenAsync(In("g/one"), cancellationToken).ConfigureAwait(false));
        await read.Content.DisposeAsync().ConfigureAwait(false);
        Expect.Same("With an object goes what was kept of its packing.", false, read.Packing is { IsRaw: true });
    }

    /// <summary>A large object is written and read in pieces, by a writer that waits between them.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_large_object_is_written_and_read_in_pieces(CancellationToken cancellationToken)
    {
        const string Promise = "An object that its writer gives in pieces, waiting between them, is stored and read whole.";
        var store = Create();
        await store.SaveAsync([new BlobWrite(In("large"), WriteAsync)], overwrite: true, cancellationToken).ConfigureAwait(false);

        Expect.Same(Promise, (long)Pieces * PieceLength, await store.SizeAsync(In("large"), cancellationToken).ConfigureAwait(false));
        using var expected = new MemoryStream();
        await WriteAsync(expected, cancellationToken).ConfigureAwait(false);
        var read = Expect.Present(Promise, "an object", await store.OpenAsync(In("large"), cancellationToken).ConfigureAwait(false));
        await using var content = read.Content.ConfigureAwait(false);
        Expect.Same(
            Promise,
            Convert.ToHexString(SHA256.HashData(expected.GetBuffer().AsSpan(0, (int)expected.Length))),
            Convert.ToHexString(await SHA256.HashDataAsync(read.Content, cancellationToken).ConfigureAwait(false)));

        static async ValueTask WriteAsync(Stream target, CancellationToken cancellationToken)
        {
            var piece = new byte[PieceLength];
            for (var i = 0; i < Pieces; i++)
            {
                Array.Fill(piece, (byte)i);
                await Task.Yield();
                await target.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What a process was told is stored is there whole after it was killed, and of what it was not told nothing is there in part.
    /// Checked for suites that start such a process: see <see cref="StartWriter"/>.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task What_was_acknowledged_survives_the_kill_of_its_writer(CancellationToken cancellationToken)
    {
        const string Promise = "What SaveAsync acknowledged is found whole after its process was killed, and nothing is found in part.";
        for (var kill = 0; kill < Kills; kill++)
        {
            var folder = In($"killed/{kill}");
            using var writer = StartWriter(folder);
            if (writer is null)
            {
                return;
            }

            var acknowledged = 0;
            var wanted = 1 + (kill * 7);
            while (acknowledged < wanted)
            {
                acknowledged = await writer.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line
                    ? int.Parse(line, CultureInfo.InvariantCulture)
                    : throw new ConformanceException(Promise, $"{wanted} acknowledgements", $"the end of the writer after {acknowledged}");
            }

            writer.Kill();
            await writer.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            var store = Create();
            var states = await store.StateAsync(
                [.. Enumerable.Range(0, acknowledged + 200).Select(i => $"{folder}/{i}")], cancellationToken).ConfigureAwait(false);
            Expect.Same(Promise, acknowledged, states.Take(acknowledged).Count(static state => state is not null));
            Expect.Same(Promise, 0, states.Where(static state => state is not null).Count(static state => state!.Length != KilledLength));
        }
    }

    /// <summary>Stores objects until the process is killed, and writes the number of acknowledged ones. The process of
    /// <see cref="StartWriter"/> calls it with its standard output.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">Where to store them.</param>
    /// <param name="acknowledged">Receives the number of objects that the store acknowledged, a line for each.</param>
    /// <returns>A task that never ends by itself.</returns>
    public static async Task WriteUntilKilledAsync(IBlobStore store, string folder, TextWriter acknowledged)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(acknowledged);
        for (var i = 0; ; i++)
        {
            await store.SaveAsync(
                [BlobWrite.Of($"{folder}/{i}", WriteSlowly)], overwrite: true, CancellationToken.None).ConfigureAwait(false);
            await acknowledged.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{i + 1}")).ConfigureAwait(false);
            await acknowledged.FlushAsync().ConfigureAwait(false);
        }

        static void WriteSlowly(Stream target)
        {
            for (var i = 0; i < KilledLength; i += 1024)
            {
                target.Write(new byte[1024]);
                target.Flush();
            }
        }
    }

    /// <summary>Starts a process that opens the store under test and calls <see cref="WriteUntilKilledAsync"/>, with its output
    /// redirected.</summary>
    /// <param name="folder">Where the process stores its objects.</param>
    /// <returns>The process; <see langword="null"/>, the default, when there is none: then nothing is checked, as for a store in
    /// memory.</returns>
    protected virtual Process? StartWriter(string folder) => null;
}
