using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

public sealed class DiskFaultTests
{
    private static readonly TaskPath Task = new("F", "17", "start", "1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_one_clear_error_and_loses_nothing_MF4001()
    {
        using var disk = new SmallDisk("1m");
        var datastore = new FlowDatastore(new LocalBlobStore(disk.Root), "F", TimeProvider.System);
        var key = (await datastore.Content.SaveAsync([new ReadOnlySequence<byte>("kept"u8.ToArray())], raw: false, Token))[0];
        var large = new ReadOnlySequence<byte>(RandomNumberGenerator.GetBytes(3 << 20));

        var error = await Assert.ThrowsAsync<StorageException>(async () => await datastore.Content.SaveAsync([large], raw: false, Token));

        Assert.Equal("MF4001", error.Code);
        Assert.Contains("full", error.Why, StringComparison.Ordinal);
        Assert.Contains(disk.Root, error.What, StringComparison.Ordinal);
        Assert.Equal("kept"u8.ToArray(), await datastore.Content.LoadAsync(key, Token));
        Assert.Single(Directory.GetFiles(Path.Combine(disk.Root, "F"), "*", SearchOption.AllDirectories));

        // What failed left nothing behind: there is room again.
        await datastore.Content.SaveAsync([large.Slice(0, 500_000)], raw: false, Token);
    }

    [Fact]
    public async Task A_disk_that_fills_up_leaves_no_attempt_complete_that_is_not()
    {
        using var disk = new SmallDisk("200k");
        var datastore = new FlowDatastore(new LocalBlobStore(disk.Root), "F", TimeProvider.System);
        var done = -1;
        var error = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            for (var i = 0; ; i++)
            {
                var writer = datastore.OpenWriter(Task with { TaskId = $"{i}" }, 0);
                await writer.BeginAttemptAsync(Token);
                await writer.SaveArtifactsAsync(
                    [new("x", new(new ReadOnlySequence<byte>(RandomNumberGenerator.GetBytes(5000)), "<class 'bytes'>", "pickle-v4"))],
                    Token);
                await writer.CommitAsync(Token);
                done = i;
            }
        });

        Assert.Equal(ErrorCodes.DiskFull, error.Code);
        Assert.True(done > 3);
        Assert.Empty(Directory.GetFiles(disk.Root, "*.tmp", SearchOption.AllDirectories));
        for (var i = 0; i <= done; i++)
        {
            Assert.Equal(5000, (await datastore.OpenTaskAsync(Task with { TaskId = $"{i}" }, null, Token)).LoadPayload("x").Length);
        }
    }

    [Fact]
    public void A_log_on_a_full_disk_is_one_clear_error_and_can_be_closed()
    {
        using var disk = new SmallDisk("100k");
        var log = new TaskLogWriter(new LocalBlobStore(disk.Root).OpenAppend("F/log"), LogFiles.Runtime, 1 << 20);

        var error = Assert.Throws<StorageException>(() => log.Write(new byte[200_000], TimeProvider.System.GetUtcNow()));
        log.Dispose();

        Assert.Equal(ErrorCodes.DiskFull, error.Code);
        Assert.Contains("F/log", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_disk_is_one_clear_error_and_can_be_read_MF4003()
    {
        using var disk = new SmallDisk("1m");
        var store = new ContentAddressedStore(new LocalBlobStore(disk.Root), "F");
        var key = (await store.SaveAsync([new ReadOnlySequence<byte>("kept"u8.ToArray())], raw: false, Token))[0];
        var provider = new LocalMetadataProvider(disk.Root, TimeProvider.System);
        var run = await provider.RegisterRunAsync(new RunRecord("F", "17", "ada", [], [], default), Token);
        disk.MakeReadOnly();

        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.SaveAsync(
            [new ReadOnlySequence<byte>("new"u8.ToArray())], raw: false, Token));
        Assert.Equal("MF4003", error.Code);
        Assert.Equal("MF4003", Assert.Throws<StorageException>(() => new LocalBlobStore(disk.Root).OpenAppend("F/log")).Code);
        var refused = await Assert.ThrowsAsync<MetadataException>(async () => await provider.RegisterTaskAsync(run, Task, Token));
        Assert.Equal(ErrorCodes.MetadataWriteFailed, refused.Code);
        Assert.Contains("read-only", refused.Why, StringComparison.Ordinal);
        Assert.Equal(
            "MF5002",
            (await Assert.ThrowsAsync<MetadataException>(async () => await provider.ChangeTagsAsync("F", "17", ["x"], [], Token))).Code);
        Assert.Equal("kept"u8.ToArray(), await new ContentAddressedStore(new LocalBlobStore(disk.Root), "F").LoadAsync(key, Token));
        Assert.NotNull(await provider.FindRunAsync("F", "17", Token));
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_one_clear_error_MF4004()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Root);
        var isPrivileged = Environment.IsPrivilegedProcess;
        if (!(isPrivileged ? SmallDisk.Run("chattr", "+i", folder.Root) : SmallDisk.Run("chmod", "555", folder.Root)))
        {
            Assert.Skip(
                "No folder can be made unwritable here: permissions do not bind root, and the file system has no immutable folders.");
        }

        try
        {
            var error = await Assert.ThrowsAsync<StorageException>(async () => await new LocalBlobStore(folder.Root).SaveAsync(
                [new BlobWrite("x", Encoding.UTF8.GetBytes("x"))], overwrite: true, Token));
            Assert.Equal("MF4004", error.Code);
            Assert.Contains(Environment.UserName, error.Why, StringComparison.Ordinal);
        }
        finally
        {
            _ = isPrivileged ? SmallDisk.Run("chattr", "-i", folder.Root) : SmallDisk.Run("chmod", "755", folder.Root);
        }
    }

    [Fact]
    public void A_failed_read_of_another_kind_says_what_the_system_says_MF4007()
    {
        var error = StorageErrors.Read(new IOException("Input/output error", 5), "/x/y");

        Assert.Equal("MF4007", error.Code);
        Assert.Contains("Input/output error", error.Why, StringComparison.Ordinal);
        Assert.Equal("MF4006", StorageErrors.Write(new IOException("Input/output error", 5), "/x/y").Code);
    }
}
