using System.Buffers;
using System.Security.Cryptography;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>A blob that rots on the disk costs nobody the value that he stores: storing counts only on what it has read.</summary>
public sealed class DamagedBlobTests : IDisposable
{
    private const int Member = 4 << 20;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int, bool> Payloads
    {
        get
        {
            var data = new TheoryData<int, bool>();
            foreach (var size in (int[])[1, 100, 5000, 70_000, 1_000_000, (2 * Member) + 5, 3 * Member])
            {
                data.Add(size, false);
                data.Add(size, true);
            }

            return data;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Storing_a_value_again_replaces_its_blob_wherever_that_was_damaged(int size, bool isRandom)
    {
        var payload = Payload(size, isRandom);
        var key = await SaveAsync(payload);
        var whole = await File.ReadAllBytesAsync(PathOf(key), Token);
        foreach (var damage in Damages(whole))
        {
            Replace(key, damage);
            Assert.Equal(key, await SaveAsync(payload));
            AssertSame(payload, await Open().LoadAsync(key, Token));
            AssertSame(whole, await File.ReadAllBytesAsync(PathOf(key), Token));
        }
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task A_blob_with_another_end_is_found_out_in_a_store_whose_objects_are_read_once(int size, bool isRandom)
    {
        var payload = Payload(size, isRandom);
        var key = await SaveAsync(payload);
        var whole = await File.ReadAllBytesAsync(PathOf(key), Token);
        await new ContentAddressedStore(new StreamingBlobStore(_folder.Root), "F").CheckAsync(key, Token);
        foreach (var damage in (byte[][])[whole[..^1], [.. whole, 0], [.. whole, 1, 2, 3, 4, 5, 6, 7, 8, 9]])
        {
            Replace(key, damage);
            var store = new ContentAddressedStore(new StreamingBlobStore(_folder.Root), "F");
            var error = await Assert.ThrowsAsync<StorageException>(async () => await store.CheckAsync(key, Token));
            Assert.Equal(ErrorCodes.BlobCorrupt, error.Code);
            await store.SaveAsync([new ReadOnlySequence<byte>(payload)], raw: false, Token);
            AssertSame(whole, await File.ReadAllBytesAsync(PathOf(key), Token));
        }
    }

    [Fact]
    public async Task Nothing_at_all_is_whole_as_Python_packs_it_and_as_we_do()
    {
        var key = await SaveAsync([]);
        await Open().CheckAsync(key, Token);
        byte[] python = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Replace(key, python);
        await Open().CheckAsync(key, Token);
        await SaveAsync([]);
        Assert.Equal(python, await File.ReadAllBytesAsync(PathOf(key), Token));
        Replace(key, [.. python, 0, 0]);
        await Assert.ThrowsAsync<StorageException>(async () => await Open().CheckAsync(key, Token));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{\"cas_raw\": false, \"cas_version\": 1}")]
    [InlineData("{\"cas_raw\": true, \"cas_version\": 9}")]
    public async Task A_damaged_companion_is_replaced_with_its_blob(string companion)
    {
        var payload = Payload(200_000, isRandom: true);
        var key = await SaveAsync(payload);
        var whole = await File.ReadAllBytesAsync(PathOf(key) + "_meta", Token);
        await File.WriteAllTextAsync(PathOf(key) + "_meta", companion, Token);
        await SaveAsync(payload);
        Assert.Equal(whole, await File.ReadAllBytesAsync(PathOf(key) + "_meta", Token));
    }

    [Fact]
    public async Task A_blob_that_cannot_be_read_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.UserName == "root", "This user may read every file.");
        if (!OperatingSystem.IsWindows())
        {
            var key = await SaveAsync(Payload(5000, isRandom: false));
            File.SetUnixFileMode(PathOf(key), UnixFileMode.None);
            await SaveAsync(Payload(5000, isRandom: false));
            Assert.NotEmpty(await Open().LoadAsync(key, Token));
        }
    }

    [Fact]
    public async Task A_disk_that_cannot_read_a_blob_gets_it_anew()
    {
        var payload = Payload(100_000, isRandom: false);
        var key = await SaveAsync(payload);
        Replace(key, new byte[10]);
        await new ContentAddressedStore(new LocalBlobStore(_folder.Root, TimeProvider.System, new UnreadableFiles()), "F").SaveAsync(
            [new ReadOnlySequence<byte>(payload)], raw: false, Token);
        Assert.Equal(payload, await Open().LoadAsync(key, Token));
    }

    [Fact]
    public async Task A_store_that_reads_through_to_another_one_does_not_count_on_what_is_damaged_there()
    {
        var payload = Payload(100_000, isRandom: false);
        var key = await SaveAsync(payload);
        Replace(key, new byte[10]);
        using var folder = new TemporaryFolder();
        var store = new ContentAddressedStore(
            new ReadThroughBlobStore(new LocalBlobStore(folder.Root), new LocalBlobStore(_folder.Root)), "F");
        await store.SaveAsync([new ReadOnlySequence<byte>(payload)], raw: false, Token);
        Assert.Equal(payload, await store.LoadAsync(key, Token));
    }

    [Fact]
    public async Task Readers_beside_writers_that_replace_a_blob_have_the_value_or_a_clear_error()
    {
        var payload = Payload(300_000, isRandom: false);
        var key = await SaveAsync(payload);
        var damaged = new byte[300];
        var errors = 0;
        await Parallel.ForAsync(0, 60, Token, async (i, _) =>
        {
            if (i % 10 == 0)
            {
                Replace(key, damaged);
            }
            else if (i % 2 == 0)
            {
                await SaveAsync(payload);
            }
            else
            {
                try
                {
                    Assert.Equal(payload, await Open().LoadAsync(key, Token));
                }
                catch (StorageException error) when (error.Code == ErrorCodes.BlobCorrupt)
                {
                    Interlocked.Increment(ref errors);
                }
            }
        });
        await SaveAsync(payload);
        Assert.Equal(payload, await Open().LoadAsync(key, Token));
        Assert.Equal([key], Directory.GetFiles(Path.GetDirectoryName(PathOf(key))!).Select(static file => Path.GetFileName(file)!));
    }

    private static IEnumerable<byte[]> Damages(byte[] whole)
    {
        yield return [];
        yield return whole[..^1];
        yield return [.. whole, 0];
        yield return [.. whole, .. "garbage"u8];
        yield return whole[..(whole.Length / 2)];
        yield return new byte[whole.Length];

        // The first and the last bytes of gzip are its frame, in which a bit or two mean nothing; the rest is the value.
        foreach (var place in (int[])[whole.Length / 4, whole.Length / 2, whole.Length * 3 / 4, whole.Length - 6])
        {
            if (place > 10 || (place >= 0 && whole.Length < 10))
            {
                byte[] flipped = [.. whole];
                flipped[place] ^= 0x10;
                yield return flipped;
            }
        }
    }

    // Assert.Equal compares large arrays one boxed byte after the other.
    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual));

    private static byte[] Payload(int size, bool isRandom)
    {
        var payload = new byte[size];
        if (isRandom)
        {
            RandomNumberGenerator.Fill(payload);
            return payload;
        }

        for (var i = 0; i < size; i++)
        {
            payload[i] = (byte)('a' + (((i * 7L) + (i / 100L) + (i % 13 * (i >> 10))) % 26));
        }

        return payload;
    }

    // As a copy or a repair tool does it, with a file of its own: what is open stays as it was.
    private void Replace(string key, byte[] content)
    {
        var copy = $"{_folder.Root}/{Guid.NewGuid():N}";
        File.WriteAllBytes(copy, content);
        File.Move(copy, PathOf(key), overwrite: true);
    }

    private string PathOf(string key) => Path.Combine(_folder.Root, "F", "data", key[..2], key);

    private ContentAddressedStore Open() => new(new LocalBlobStore(_folder.Root), "F");

    private async Task<string> SaveAsync(byte[] payload)
        => (await Open().SaveAsync([new ReadOnlySequence<byte>(payload)], raw: false, Token))[0];

    /// <summary>A store whose objects are read from a connection: once, from the beginning.</summary>
    private sealed class StreamingBlobStore(string root) : IBlobStore
    {
        private readonly LocalBlobStore _real = new(root);

        public string TypeName => _real.TypeName;

        public string Root => _real.Root;

        public async ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
            => await _real.OpenAsync(path, cancellationToken) is { } read
                ? read with { Content = new EndKeepingStream(read.Content, 1) }
                : null;

        public ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
            => _real.SaveAsync(writes, overwrite, cancellationToken);

        public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => _real.StateAsync(paths, cancellationToken);

        public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
            => _real.ListAsync(folder, cancellationToken);

        public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => _real.DeleteAsync(paths, cancellationToken);
    }

    /// <summary>Files whose lengths are known and whose content cannot be read.</summary>
    private sealed class UnreadableFiles : IFileReader
    {
        private readonly DiskFileReader _disk = new();

        public FileState? State(string path) => _disk.State(path);

        public Stream? Open(string path) => throw new IOException("Input/output error", 5);

        public IReadOnlyList<(string Name, bool IsFolder)> List(string folder) => _disk.List(folder);
    }
}
