using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Metaflow.Errors;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

public sealed class ContentAddressedStoreTests : IDisposable
{
    private const int Member = 4 << 20;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_key_is_the_SHA_1_of_the_uncompressed_bytes()
    {
        byte[] fortyTwo = [0x80, 0x04, 0x4b, 0x2a, 0x2e];

        Assert.Equal(["21f47ffc2c8d012806c8a7a814079c24a792acf2"], await SaveAsync(fortyTwo));
        Assert.Equal(fortyTwo, await Open().LoadAsync("21f47ffc2c8d012806c8a7a814079c24a792acf2", Token));
        Assert.False(File.Exists(PathOf("21f47ffc2c8d012806c8a7a814079c24a792acf2") + "_meta"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(100_000)]
    [InlineData(2 * Member)]
    [InlineData((2 * Member) + 1)]
    [InlineData(3 * Member)]
    [InlineData((3 * Member) - 1)]
    public async Task Compressible_payloads_of_every_size_come_back(int size)
    {
        var payload = Text(size);
        var key = (await SaveAsync(payload))[0];

        AssertSame(payload, await Open().LoadAsync(key, Token));
        AssertSame(payload, Gunzip(await File.ReadAllBytesAsync(PathOf(key), Token)));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(100_000)]
    [InlineData((2 * Member) + 1)]
    public async Task Payloads_that_do_not_compress_are_stored_raw_with_a_companion(int size)
    {
        var payload = RandomNumberGenerator.GetBytes(size);
        var key = (await SaveAsync(payload))[0];

        Assert.Equal(payload, await File.ReadAllBytesAsync(PathOf(key), Token));
        Assert.True(File.Exists(PathOf(key) + "_meta"));
        Assert.Equal(payload, await Open().LoadAsync(key, Token));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(3_000_000)]
    public async Task Random_numbers_which_gain_less_than_a_quarter_are_stored_as_they_are(int count)
    {
        var random = new Random(1);
        var numbers = Enumerable.Range(0, count).Select(_ => random.NextDouble()).ToArray();
        var payload = ArtifactSerializer.Serialize(numbers, typeof(double[])).Payload;
        var key = (await Open().SaveAsync([payload], raw: false, Token))[0];

        Assert.Equal(payload.Length, new FileInfo(PathOf(key)).Length);
        Assert.Equal("{\"cas_raw\": true, \"cas_version\": 1}", await File.ReadAllTextAsync(PathOf(key) + "_meta", Token));
        AssertSame(payload.ToArray(), await Open().LoadAsync(key, Token));
    }

    [Fact]
    public async Task An_empty_beginning_does_not_hide_that_the_rest_does_not_compress()
    {
        var payload = new byte[1_000_000];
        RandomNumberGenerator.Fill(payload.AsSpan(100_000));
        var key = (await SaveAsync(payload))[0];

        Assert.Equal(payload.Length, new FileInfo(PathOf(key)).Length);
    }

    [Fact]
    public async Task A_payload_in_pieces_has_the_key_of_the_whole()
    {
        var payload = Text(10_000_000);
        var pieces = Pieces(payload, 999_983);

        var keys = await Open().SaveAsync([pieces, new ReadOnlySequence<byte>(payload)], raw: false, Token);

        Assert.Equal(Convert.ToHexStringLower(HashOf(payload)), keys[0]);
        Assert.Equal(keys[0], keys[1]);
        AssertSame(payload, await Open().LoadAsync(keys[0], Token));
    }

    [Fact]
    public async Task A_blob_that_is_there_is_not_written_again_but_counts_as_new_for_collections()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var key = (await SaveAsync(Text(5000)))[0];
        var before = File.GetLastWriteTimeUtc(PathOf(key));
        var mode = File.GetUnixFileMode(PathOf(key)) | UnixFileMode.UserExecute;
        File.SetUnixFileMode(PathOf(key), mode);
        File.SetLastWriteTimeUtc(PathOf(key), before.AddDays(-1));

        await SaveAsync(Text(5000));

        Assert.Equal(mode, File.GetUnixFileMode(PathOf(key)));
        Assert.True(File.GetLastWriteTimeUtc(PathOf(key)) >= before);
    }

    [Fact]
    public async Task A_blob_is_marked_read_only_once_it_is_durable_also_when_another_wrote_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
        }
        else
        {
            var key = (await SaveAsync(Text(5000)))[0];
            Assert.False(File.GetUnixFileMode(PathOf(key)).HasFlag(UnixFileMode.UserWrite));
            MakeWritable(key);

            await SaveAsync(Text(5000));

            Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(PathOf(key)));
        }
    }

    [Theory]
    [InlineData(5000, 0)]
    [InlineData(5000, 20)]
    [InlineData(20_000_000, 0)]
    [InlineData(20_000_000, 1_000_000)]
    public async Task A_blob_that_was_cut_off_is_written_again(int size, int left)
    {
        var payload = Text(size);
        var key = (await SaveAsync(payload))[0];
        Truncate(key, left);

        await SaveAsync(payload);

        AssertSame(payload, await Open().LoadAsync(key, Token));
    }

    [Fact]
    public async Task A_chain_of_members_that_lost_its_last_one_is_written_again()
    {
        var payload = Text(3 * Member);
        var key = (await SaveAsync(payload))[0];
        Truncate(key, (int)new FileInfo(PathOf(key)).Length - 20);

        await SaveAsync(payload);

        AssertSame(payload, await Open().LoadAsync(key, Token));
        AssertSame(payload, Gunzip(await File.ReadAllBytesAsync(PathOf(key), Token)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_raw_blob_that_was_cut_off_is_written_again(bool companionLost)
    {
        var payload = RandomNumberGenerator.GetBytes(200_000);
        var key = (await SaveAsync(payload))[0];
        Truncate(key, 150_000);
        if (companionLost)
        {
            File.Delete(PathOf(key) + "_meta");
        }

        await SaveAsync(payload);

        Assert.Equal(payload, await Open().LoadAsync(key, Token));
        Assert.True(File.Exists(PathOf(key) + "_meta"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public async Task Another_writers_blob_in_the_other_packing_is_read_all_the_same(int size)
    {
        var payload = RandomNumberGenerator.GetBytes(size);
        var key = (await Open().SaveAsync([new ReadOnlySequence<byte>(payload)], raw: true, Token))[0];
        MakeWritable(key);
        using (var file = new GZipStream(File.Create(PathOf(key)), CompressionLevel.Fastest))
        {
            file.Write(payload);
        }

        Assert.Equal(payload, await Open().LoadAsync(key, Token));
        await File.WriteAllBytesAsync(PathOf(key), payload, Token);
        File.Delete(PathOf(key) + "_meta");
        Assert.Equal(payload, await Open().LoadAsync(key, Token));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 700)]
    [InlineData(true, 0)]
    [InlineData(true, 700)]
    public async Task A_corrupt_blob_is_one_clear_error_MF4005(bool isRaw, int cut)
    {
        var payload = isRaw ? RandomNumberGenerator.GetBytes(50_000) : Text(50_000);
        var key = (await SaveAsync(payload))[0];
        var bytes = await File.ReadAllBytesAsync(PathOf(key), Token);
        bytes[bytes.Length / 2] ^= 0x55;
        MakeWritable(key);
        await File.WriteAllBytesAsync(PathOf(key), bytes[..^cut], Token);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().LoadAsync(key, Token));

        Assert.Equal("MF4005", error.Code);
        Assert.Contains(key, error.What, StringComparison.Ordinal);
        Assert.Contains(PathOf(key), error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_blob_is_one_clear_error_MF4002()
    {
        const string Key = "0123456789012345678901234567890123456789";

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open().LoadAsync(Key, Token));

        Assert.Equal("MF4002", error.Code);
        Assert.Contains(PathOf(Key), error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blob_larger_than_an_array_is_one_clear_error_MF4012()
    {
        var error = StorageErrors.TooLarge("key", "/path", new OverflowException());

        Assert.Equal(ErrorCodes.ArtifactTooLarge, error.Code);
        Assert.Equal("MF4012", error.Code);
    }

    [Fact]
    public async Task Writers_of_equal_values_at_once_leave_one_whole_blob()
    {
        var payload = Text(300_000);
        await Parallel.ForAsync(0, 16, Token, async (_, _) => await SaveAsync(payload));

        var key = Convert.ToHexStringLower(HashOf(payload));
        Assert.Equal(payload, await Open().LoadAsync(key, Token));
        Assert.Equal([key], Directory.GetFiles(Path.GetDirectoryName(PathOf(key))!).Select(static file => Path.GetFileName(file)!));
    }

    // Assert.Equal compares large arrays one boxed byte after the other.
    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual));

    private static byte[] HashOf(byte[] payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }

    private static byte[] Text(int size)
    {
        var text = new byte[size];
        for (var i = 0; i < size; i++)
        {
            text[i] = (byte)('a' + ((i * 7L) + (i / 100L) + (i % 13 * (i >> 10))) % 26);
        }

        return text;
    }

    private static byte[] Gunzip(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var payload = new MemoryStream();
        gzip.CopyTo(payload);
        return payload.ToArray();
    }

    private static ReadOnlySequence<byte> Pieces(byte[] payload, int size)
    {
        var first = new Segment(payload.AsMemory(0, size), 0);
        var last = first;
        for (var start = size; start < payload.Length; start += size)
        {
            last = last.Append(payload.AsMemory(start, Math.Min(size, payload.Length - start)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private void MakeWritable(string key)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf(key), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private void Truncate(string key, int length)
    {
        MakeWritable(key);
        using var file = File.OpenWrite(PathOf(key));
        file.SetLength(length);
    }

    private string PathOf(string key) => Path.Combine(_folder.Root, "F", "data", key[..2], key);

    private ContentAddressedStore Open() => new(new LocalBlobStore(_folder.Root), "F");

    private ValueTask<IReadOnlyList<string>> SaveAsync(byte[] payload)
        => Open().SaveAsync([new ReadOnlySequence<byte>(payload)], raw: false, Token);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
