using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

public sealed class LocalBlobStoreTests : ConformingBlobStoreTests, IDisposable
{
    private const string WriterVariable = "METAFLOW_TESTS_WRITER";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_temporary_file_is_left()
    {
        await Create().SaveAsync([Text("a/one", "1"), Text("a/two", "2")], overwrite: true, Token);

        Assert.Equal(
            ["one", "two"], Directory.GetFiles(Path.Combine(_folder.Root, "a")).Select(static file => Path.GetFileName(file)!).Order());
    }

    [Fact]
    public async Task Of_two_that_write_a_new_file_at_once_the_first_is_kept()
    {
        // The other process writes between this one's look and its writing.
        var file = Path.Combine(_folder.Root, "a", "leader");
        var second = BlobWrite.Of("a/leader", stream =>
        {
            File.WriteAllText(file, "first");
            stream.Write("second"u8);
        });

        Assert.Equal([false], await Create().SaveAsync([second], overwrite: false, Token));
        Assert.Equal("first", await File.ReadAllTextAsync(file, Token));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Root, "a")));
    }

    [Fact]
    public async Task A_writer_writes_parts_of_any_length_in_any_way()
    {
        var bytes = new byte[(20 << 20) + 3];
        new Random(7).NextBytes(bytes);
        var write = new BlobWrite("a/parts", async (target, token) =>
        {
            target.Write(bytes.AsSpan(0, 3));
            target.WriteByte(bytes[3]);
            target.Write(bytes, 4, 1 << 20);
            await target.WriteAsync(bytes.AsMemory(4 + (1 << 20), 9 << 20), token);
            await new MemoryStream(bytes, 4 + (10 << 20), bytes.Length - 4 - (10 << 20)).CopyToAsync(target, token);
            await target.FlushAsync(token);
        });

        await Create().SaveAsync([write], overwrite: true, Token);

        var written = await File.ReadAllBytesAsync(Path.Combine(_folder.Root, "a", "parts"), Token);
        Assert.True(bytes.AsSpan().SequenceEqual(written));
    }

    [Fact]
    public async Task A_temporary_file_that_a_crash_left_is_ignored()
    {
        var store = Create();
        await store.SaveAsync([Text("a/one", "1")], overwrite: true, Token);
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "a", $".{Guid.NewGuid():N}.tmp"), "half", Token);

        Assert.Equal([new BlobEntry("one", false)], await store.ListAsync("a", Token));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/outside")]
    [InlineData("")]
    public async Task A_path_out_of_the_store_is_refused_MF4013(string path)
    {
        var error = await Assert.ThrowsAsync<StorageException>(async () => await Create().SaveAsync(
            [Text(path, "x")], overwrite: true, Token));

        Assert.Equal("MF4013", error.Code);
    }

    [Fact]
    public async Task A_folder_in_the_way_of_a_file_is_a_clear_error_MF4006()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "a", "child"));

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Create().SaveAsync(
            [Text("a", "x")], overwrite: true, Token));

        Assert.Equal(ErrorCodes.StorageWriteFailed, error.Code);
        Assert.Matches(@"[^.]\.$", error.Why);
        Assert.Contains(Path.Combine(_folder.Root, "a"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_a_folder_as_a_file_is_a_clear_error()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "a"));

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Create().OpenAsync("a", Token));

        Assert.Contains(error.Code, new[] { "MF4004", "MF4007" });
    }

    [Fact]
    public void Appended_bytes_are_visible_after_each_flush()
    {
        var store = new LocalBlobStore(_folder.Root);
        using var log = store.OpenAppend("F/1/start/1/0.runtime_stdout.log");
        log.Write("one"u8);
        log.Flush();
        Assert.Equal("one", File.ReadAllText(Path.Combine(_folder.Root, "F/1/start/1/0.runtime_stdout.log")));

        using var again = store.OpenAppend("F/1/start/1/0.runtime_stdout.log");
        again.Write(" two"u8);
        again.Flush();

        Assert.Equal("one two", File.ReadAllText(Path.Combine(_folder.Root, "F/1/start/1/0.runtime_stdout.log")));
    }

    [Fact]
    public async Task The_companion_of_a_raw_blob_is_the_references_JSON()
    {
        await Create().SaveAsync([Text("blob", "x") with { Packing = new BlobPacking(true) }], overwrite: true, Token);

        Assert.Equal(
            "{\"cas_raw\": true, \"cas_version\": 1}",
            await File.ReadAllTextAsync(Path.Combine(_folder.Root, "blob_meta"), Encoding.UTF8, Token));
    }

    protected override IBlobStore Create() => new LocalBlobStore(_folder.Root);

    private static BlobWrite Text(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));

    [ModuleInitializer]
    internal static void WriteUntilKilled()
    {
        // This assembly is also the program that the case of the killed writer starts.
        if (Environment.GetEnvironmentVariable(WriterVariable) is { Length: > 0 } root)
        {
            WriteUntilKilledAsync(new LocalBlobStore(root), Environment.GetEnvironmentVariable(WriterVariable + "_FOLDER")!, Console.Out)
                .GetAwaiter().GetResult();
        }
    }

    protected override Process StartWriter(string folder)
        => Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(LocalBlobStoreTests).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment = { [WriterVariable] = _folder.Root, [WriterVariable + "_FOLDER"] = folder },
        })!;
}
