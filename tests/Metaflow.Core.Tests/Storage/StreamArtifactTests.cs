using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Spooling;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

public sealed class StreamArtifactTests : IDisposable
{
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int> Lengths => [0, 1, 255, 256, 65_535, 65_536, (1 << 20) - 1, 1 << 20, (5 << 20) + 3];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_stream_is_stored_as_the_same_bytes_as_an_array_and_read_as_a_stream(int length)
    {
        foreach (var isRandom in (bool[])[true, false])
        {
            var bytes = Bytes(length, isRandom);
            var artifacts = await CommitAsync(new MemoryStream(bytes));
            Assert.Equal(
                ContentAddressedStore.KeyOf(ArtifactSerializer.Serialize(bytes, typeof(byte[])).Payload), artifacts.Records["x"].Key);
            Assert.Equal("<class 'bytes'>", artifacts.Records["x"].TypeName);
            Assert.Equal(bytes, artifacts.Load<byte[]>("x"));
            Assert.Equal(bytes, artifacts.LoadPlain("x"));

            using var read = artifacts.Load<Stream>("x");
            Assert.Equal(length, read.Length);
            Assert.False(read.CanWrite);
            Assert.Equal(bytes, await ReadAsync(read));
            Assert.Equal(length, read.Position);
            Assert.Equal(0, read.Read(new byte[1]));
        }
    }

    [Fact]
    public async Task A_stream_that_can_seek_is_stored_whole_and_another_one_from_where_it_is()
    {
        var bytes = Bytes(100_000, isRandom: true);
        var seekable = new MemoryStream(bytes) { Position = bytes.Length };
        Assert.Equal(bytes, (await CommitAsync(seekable)).Load<byte[]>("x"));
        Assert.False(seekable.CanRead);

        var passing = new PassingStream(bytes);
        Assert.Equal(bytes[0], passing.ReadByte());
        Assert.Equal(bytes[1..], (await CommitAsync(passing)).Load<byte[]>("x"));
        Assert.True(passing.IsDisposed);
    }

    [Fact]
    public async Task A_long_stream_is_neither_stored_nor_read_in_memory()
    {
        const int Length = 64 << 20;
        var artifacts = await CommitAsync(new MemoryStream(Bytes(1000, isRandom: true)));
        _ = await ReadAsync(artifacts.Load<Stream>("x"));
        using var file = File.Create(Path.Combine(_folder.Path, "large"), 1, FileOptions.DeleteOnClose);
        file.SetLength(Length);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var serialized = ArtifactSerializer.Serialize(file, typeof(Stream), "x");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.InRange(serialized.Payload.Length, Length, Length + 20);

        artifacts = await CommitAsync(serialized);
        using var read = artifacts.Load<Stream>("x");
        Assert.InRange(AllocatedByReading(read), 0, 4 << 20);
        Assert.Equal(Length, read.Position);

        static long AllocatedByReading(Stream stream)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            stream.CopyTo(Stream.Null);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stored_stream_can_seek_and_be_read_again(bool isRandom)
    {
        var bytes = Bytes(3 << 20, isRandom);
        var read = (await CommitAsync(new MemoryStream(bytes))).Load<Stream>("x");
        var end = new byte[8];
        read.Seek(-8, SeekOrigin.End);
        await read.ReadExactlyAsync(end, Token);
        Assert.Equal(bytes[^8..], end);
        read.Position = 1_000_000;
        Assert.Equal(bytes[1_000_000], read.ReadByte());
        Assert.Equal(1_000_001, read.Position);
        read.Position = 0;
        Assert.Equal(bytes, await ReadAsync(read));

        read.Dispose();
        for (var round = 0; round < 2; round++)
        {
            using (read)
            {
                Assert.Equal(bytes, await ReadAsync(read));
            }

            Assert.Equal(0, read.Position);
        }

        Assert.Equal(bytes, await ReadAsync(read));
        read.Position = 0;
        Assert.Equal(bytes[0], read.ReadByte());
        Assert.Throws<IOException>(() => read.Position = -1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(1_000_000)]
    [InlineData((3 << 20) + 5)]
    public async Task Who_reads_a_stream_whose_blob_changed_to_its_end_gets_an_error(int place)
    {
        var artifacts = await CommitAsync(new MemoryStream(Bytes(3 << 20, isRandom: true)));
        var blob = Path.Combine(_folder.Root, Open().Content.PathOf(artifacts.Records["x"].Key));
        var bytes = await File.ReadAllBytesAsync(blob, Token);
        bytes[place] ^= 1;
        File.Delete(blob);
        await File.WriteAllBytesAsync(blob, bytes, Token);
        Assert.Equal("MF4005", await CodeAsync());

        await File.WriteAllBytesAsync(blob, bytes[..place], Token);
        Assert.Equal("MF4005", await CodeAsync());

        File.Delete(blob);
        Assert.Equal("MF4002", await CodeAsync());

        async Task<string> CodeAsync()
            => (await Assert.ThrowsAsync<StorageException>(async () => await ReadAsync(artifacts.Load<Stream>("x")))).Code;
    }

    [Fact]
    public async Task A_stream_that_is_assigned_again_is_stored_by_its_hash_without_being_read()
    {
        var datastore = Open();
        var first = await CommitAsync(new MemoryStream(Bytes(100_000, isRandom: true)), datastore);
        var stream = first.Load<Stream>("x");
        Assert.Equal(first.Records["x"], datastore.OpenWriter(Task, 1).RecordOf(stream));
        Assert.Null(Open().OpenWriter(Task, 1).RecordOf(stream));
        Assert.Null(datastore.OpenWriter(Task, 1).RecordOf(new MemoryStream()));
        Assert.True(ArtifactSerializer.IsImmutable(stream, typeof(Stream)));
    }

    [Fact]
    public async Task Bytes_that_are_not_stored_as_this_program_does_are_read_as_a_stream_too()
    {
        foreach (var pickle in (byte[][])
            [
            [0x80, 4, (byte)'C', 2, 7, 8, 0x94, (byte)'.'],
            [0x80, 3, (byte)'C', 2, 7, 8, (byte)'q', 0, (byte)'.'],
            [0x80, 4, (byte)'B', 2, 0, 0, 0, 7, 8, (byte)'.'],
            [0x80, 5, 0x95, 14, 0, 0, 0, 0, 0, 0, 0, 0x8e, 2, 0, 0, 0, 0, 0, 0, 0, 7, 8, 0x94, (byte)'.'],
            [0x80, 4, (byte)'C', 2, 7, 8, 0x94, 0x94, (byte)'0', (byte)'h', 0, (byte)'.'],
            ])
        {
            var artifacts = await CommitAsync(new SerializedArtifact(new(pickle), "<class 'bytes'>", "pickle-v4"));
            Assert.Equal([7, 8], await ReadAsync(artifacts.Load<Stream>("x")));
        }
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_when_it_is_stored_is_refused_MF4116()
    {
        var closed = new MemoryStream();
        closed.Dispose();
        var file = File.OpenWrite(Path.Combine(_folder.Path, "written"));
        foreach (var stream in (Stream[])[closed, file, new PassingStream([1]) { Error = new InvalidOperationException("no more") }])
        {
            var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(stream, typeof(Stream), "model"));
            Assert.Equal("MF4116", error.Code);
            Assert.Contains("'model'", error.What, StringComparison.Ordinal);
            Assert.Contains("without 'using'", error.Fix, StringComparison.Ordinal);
        }

        await file.DisposeAsync();
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(10, false)]
    [InlineData(3 << 20, true)]
    [InlineData(3 << 20, false)]
    public async Task A_stream_that_ends_before_the_length_that_it_says_is_refused_MF4116(int length, bool canSeek)
    {
        var bytes = Bytes(length, isRandom: false);
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(
            new PassingStream(bytes) { Declared = length + 1, MaySeek = canSeek }, typeof(Stream), "model"));
        Assert.Equal("MF4116", error.Code);
        Assert.Contains($"ended after {length} bytes", error.Why, StringComparison.Ordinal);
        Assert.Contains($"has {length + 1}", error.Why, StringComparison.Ordinal);

        // A file that grows meanwhile has more.
        foreach (var declared in (int[])[length, length - 1])
        {
            var whole = await CommitAsync(new PassingStream(bytes) { Declared = declared, MaySeek = canSeek });
            Assert.Equal(bytes, whole.Load<byte[]>("x"));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(100_003)]
    public async Task A_stream_is_read_byte_by_byte_in_parts_and_from_other_places_in_turn(int length)
    {
        var bytes = Bytes(length, isRandom: true);
        var artifacts = await CommitAsync(new MemoryStream(bytes));
        var random = new Random(17);
        for (var tries = 0; tries < 20; tries++)
        {
            using var expected = new MemoryStream(bytes);
            using var read = artifacts.Load<Stream>("x");
            for (var step = 0; step < 200; step++)
            {
                var (one, other) = (new byte[random.Next(1, 6000)], new byte[6000]);
                switch (random.Next(5))
                {
                    case 0 or 1:
                        for (var i = 0; i < one.Length; i++)
                        {
                            Assert.Equal(expected.ReadByte(), read.ReadByte());
                        }

                        break;
                    case 2:
                        var count = read.Read(one);
                        Assert.Equal(count, expected.Read(other, 0, count));
                        Assert.Equal(other[..count], one[..count]);
                        break;
                    case 3:
                        count = await read.ReadAsync(one, Token);
                        Assert.Equal(count, expected.Read(other, 0, count));
                        Assert.Equal(other[..count], one[..count]);
                        break;
                    case 4 when tries % 2 == 0:
                        var place = random.Next(3) == 0 ? 0 : random.Next(length + 1);
                        Assert.Equal(expected.Seek(place, SeekOrigin.Begin), read.Seek(place - read.Position, SeekOrigin.Current));
                        break;
                }

                Assert.Equal(expected.Position, read.Position);
            }
        }
    }

    [Fact]
    public async Task Bytes_one_by_one_cost_no_array_each()
    {
        var artifacts = await CommitAsync(new MemoryStream(Bytes(1 << 20, isRandom: true)));
        using var read = artifacts.Load<Stream>("x");
        Assert.NotEqual(-1, read.ReadByte());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = 1;
        while (read.ReadByte() >= 0)
        {
            count++;
        }

        Assert.Equal(1 << 20, count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_folder_for_temporary_files_that_cannot_be_used_is_told_MF4117()
    {
        var folder = Path.Combine(_folder.Path, "missing");
        var error = Assert.Throws<StorageException>(() => SpooledBytes.Create(folder));
        Assert.Equal("MF4117", error.Code);
        Assert.Contains(folder, error.What, StringComparison.Ordinal);
        Assert.Contains("METAFLOW_TEMPDIR", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_within_another_value_is_refused()
    {
        Assert.Equal("MF4104", Code<List<Stream>>([new MemoryStream()]));
        Assert.Equal("MF4104", Code<object>(new MemoryStream()));
        Assert.Equal("MF4104", Code(new MemoryStream()));

        static string Code<T>(T value) => Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(value, typeof(T))).Code;
    }

    [Fact]
    public async Task What_is_not_bytes_is_not_read_as_a_stream_and_nothing_is_read_as_nothing()
    {
        Assert.Null((await CommitAsync(ArtifactSerializer.Serialize(null, typeof(Stream)))).Load<Stream?>("x"));
        var text = await CommitAsync(ArtifactSerializer.Serialize("text", typeof(string)));
        Assert.Equal("MF4103", Assert.Throws<StorageException>(() => text.Load<Stream>("x")).Code);
    }

    private static byte[] Bytes(int length, bool isRandom)
    {
        var bytes = new byte[length];
        if (isRandom)
        {
            new Random(7).NextBytes(bytes);
        }

        return bytes;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        // Once as a caller that blocks does, and once as one that waits.
        var all = new MemoryStream();
        var part = new byte[70_001];
        for (int count; (count = stream.Position % 2 == 0
            ? stream.Read(part, 1, 70_000)
            : await stream.ReadAsync(part.AsMemory(1), Token)) > 0;)
        {
            all.Write(part, 1, count);
            Array.Fill(part, (byte)1);
        }

        return all.ToArray();
    }

    private FlowDatastore Open() => new(new LocalBlobStore(_folder.Root), "F", TimeProvider.System);

    private Task<TaskArtifacts> CommitAsync(Stream stream, FlowDatastore? datastore = null)
        => CommitAsync(ArtifactSerializer.Serialize(stream, typeof(Stream), "x"), datastore);

    private async Task<TaskArtifacts> CommitAsync(SerializedArtifact value, FlowDatastore? datastore = null)
    {
        datastore ??= Open();
        var writer = datastore.OpenWriter(Task, 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([new("x", value)], Token);
        await writer.CommitAsync(Token);
        return await datastore.OpenTaskAsync(Task, 0, Token);
    }

    /// <summary>A stream that can only be read, a few bytes at a time.</summary>
    private sealed class PassingStream(byte[] bytes) : Stream
    {
        private int _position;

        public Exception? Error { get; init; }

        /// <summary>Gets the length that it says it has; <see langword="null"/> for none.</summary>
        public long? Declared { get; init; }

        public bool MaySeek { get; init; }

        public bool IsDisposed { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => MaySeek;

        public override bool CanWrite => false;

        public override long Length => Declared ?? throw new NotSupportedException();

        public override long Position
        {
            get => Declared is null ? throw new NotSupportedException() : _position;
            set => _position = MaySeek ? (int)value : throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Error is not null)
            {
                throw Error;
            }

            count = Math.Min(Math.Min(count, 777), bytes.Length - _position);
            bytes.AsSpan(_position, count).CopyTo(buffer.AsSpan(offset));
            _position += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
