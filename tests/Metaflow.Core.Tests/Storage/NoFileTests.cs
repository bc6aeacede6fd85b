using System.Diagnostics;
using System.Net.Sockets;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Storage;

/// <summary>What is no file in the place of one is refused at once: no reader of a store waits for another process, or reads for ever.</summary>
public sealed class NoFileTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["pipe", "zero", "null", "terminal", "socket", "folder"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_store_refuses_it(string kind)
    {
        Make(kind, "F/x");
        Make(kind, "F/y_meta");
        await File.WriteAllTextAsync(Path.Combine(Root, "F", "y"), "content", Token);
        await RefusedAsync(ErrorCodes.StorageReadFailed, async () => await new LocalBlobStore(Root).OpenAsync("F/x", Token));
        await RefusedAsync(ErrorCodes.StorageReadFailed, async () => await RunLiveness.OfAsync(new LocalBlobStore(Root), Make(kind, RunStatus.PathOf(Flow, "7")), "7", TimeProvider.System));
        await RefusedAsync(ErrorCodes.StorageWriteFailed, () =>
        {
            new LocalBlobStore(Root).OpenAppend("F/x").Dispose();
            return Task.CompletedTask;
        });
        await RefusedAsync(null, async () => (await new LocalBlobStore(Root).OpenAsync("F/y", Token))?.Content.Dispose(), isFine: kind == "folder");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_record_that_is_none_is_refused(string kind)
    {
        Make(kind, $"{Flow}/7/_meta/_self.json");
        await RefusedAsync(ErrorCodes.MetadataReadFailed, async () => await new LocalMetadataProvider(Root, TimeProvider.System).FindRunAsync(Flow, "7", Token));
        await RefusedAsync(ErrorCodes.MetadataReadFailed, async () => await new LocalMetadataProvider(Root, TimeProvider.System).ListRunsAsync(Flow, Token));
        Make(kind, $"{Flow}/7/start/1/_meta/sysmeta_attempt_1.json");
        if (kind != "folder")
        {
            var task = new TaskPath(Flow, "7", "start", "1");
            await RefusedAsync(ErrorCodes.MetadataReadFailed, async () => await new LocalMetadataProvider(Root, TimeProvider.System).ListMetadataAsync(task, Token));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_journal_and_a_lock_that_are_none_are_refused(string kind)
    {
        Make(kind, "journal");
        Make(kind, "lock");
        await RefusedAsync(ErrorCodes.StorageReadFailed, () => Task.FromResult(JournalFile.Read(Path.Combine(Root, "journal"))));
        await RefusedAsync(ErrorCodes.StorageWriteFailed, () =>
        {
            JournalFile.Open(Path.Combine(Root, "journal")).Dispose();
            return Task.CompletedTask;
        });
        await Assert.ThrowsAsync<IOException>(() => Task.Run(() => FolderLock.IsHeld(Path.Combine(Root, "lock")), Token).WaitAsync(TimeSpan.FromMinutes(1), Token));
        await Assert.ThrowsAsync<IOException>(() => Task.Run(() => FolderLock.AcquireShared(Path.Combine(Root, "lock"), TimeSpan.Zero), Token).WaitAsync(TimeSpan.FromMinutes(1), Token));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_value_and_its_check_are_refused(string kind)
    {
        var datastore = new FlowDatastore(new LocalBlobStore(Root), Flow, TimeProvider.System);
        var key = new string('a', 40);
        Make(kind, datastore.Content.PathOf(key));
        await RefusedAsync(ErrorCodes.StorageReadFailed, async () => await datastore.Content.LoadAsync(key, Token));
        await RefusedAsync(ErrorCodes.StorageReadFailed, async () => await datastore.Content.CheckAsync(key, Token));
    }

    private static async Task RefusedAsync(string? code, Func<Task> read, bool isFine = false)
    {
        var reading = Task.Run(read, Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        if (isFine)
        {
            await Record.ExceptionAsync(() => reading);
            Assert.False(reading.IsFaulted && reading.Exception!.InnerException is TimeoutException);
            return;
        }

        var error = await Assert.ThrowsAnyAsync<MetaflowException>(() => reading);
        Assert.Equal(code ?? error.Code, error.Code);
        Assert.Contains("rather than a file", error.Message, StringComparison.Ordinal);
    }

    private string Make(string kind, string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kind of a file is asked for on Linux.");
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (kind)
        {
            case "pipe":
                using (var make = Process.Start("mkfifo", [path]))
                {
                    make.WaitForExit();
                }

                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    var bound = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
                    socket.Bind(new UnixDomainSocketEndPoint(bound));
                    File.Move(bound, path);
                }

                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            default:
                File.CreateSymbolicLink(path, kind == "terminal" ? "/dev/tty" : "/dev/" + kind);
                break;
        }

        return Flow;
    }
}
