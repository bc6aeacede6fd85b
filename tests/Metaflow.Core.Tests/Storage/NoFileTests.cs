using System.Diagnostics;
using System.Net.Sockets;
using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Core.Tests.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Storage;

/// <summary>What is no file in the place of one is refused at once: no reader of a store waits for another process, or reads for
/// ever.</summary>
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
        await RefusedAsync(ErrorCodes.StorageWriteFailed, () =>
        {
            new LocalBlobStore(Root).OpenAppend("F/x").Dispose();
            return Task.CompletedTask;
        });
        await RefusedAsync(
            null, async () => (await new LocalBlobStore(Root).OpenAsync("F/y", Token))?.Content.Dispose(), isFine: kind == "folder");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_record_that_is_none_is_refused(string kind)
    {
        Make(kind, $"{Flow}/7/_meta/_self.json");
        await RefusedAsync(
            ErrorCodes.MetadataReadFailed,
            async () => await new LocalMetadataProvider(Root, TimeProvider.System).FindRunAsync(Flow, "7", Token));
        var listed = Assert.Single(await new LocalMetadataProvider(Root, TimeProvider.System).ListRunsAsync(Flow, Token));
        Assert.Equal("7", listed.RunId);
        Assert.Contains("rather than a file", listed.Problem, StringComparison.Ordinal);
        Make(kind, $"{Flow}/7/start/1/_meta/sysmeta_attempt_1.json");
        if (kind != "folder")
        {
            var task = new TaskPath(Flow, "7", "start", "1");
            await RefusedAsync(
                ErrorCodes.MetadataReadFailed,
                async () => await new LocalMetadataProvider(Root, TimeProvider.System).ListMetadataAsync(task, Token));
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
        await Assert.ThrowsAsync<IOException>(() => Task.Run(() => FolderLock.IsHeld(Path.Combine(Root, "lock")), Token).WaitAsync(
            TimeSpan.FromMinutes(1), Token));
        await Assert.ThrowsAsync<IOException>(() => Task.Run(
            () => FolderLock.AcquireShared(Path.Combine(Root, "lock"), TimeSpan.Zero), Token).WaitAsync(TimeSpan.FromMinutes(1), Token));
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

    [Theory]
    [MemberData(nameof(Kinds))]
    [InlineData("link")]
    public async Task In_the_place_of_a_runs_state_or_journal_it_hides_no_run(string kind)
    {
        var damaged = (await new SampleRun(Root).WriteAsync(1)).Run.RunId;
        var whole = (await new SampleRun(Root).WriteAsync(1)).Run.RunId;
        Make(kind, RunStatus.PathOf(Flow, damaged));
        Make(kind, RunFolder.JournalPathOf(Flow, damaged));
        var client = new MetaflowClient(new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(Root) }).WithNamespace(null);
        var summaries = await Task.Run(() => client.Flow(Flow).Summaries(10), Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Equal([whole, damaged], summaries.Select(static run => run.Id));
        Assert.Equal(RunState.Succeeded, summaries[1].State);
        Assert.Equal(RunState.Unknown, client.Flow(Flow).Run(damaged).Status!.State);
        Assert.Contains("status.json", client.Flow(Flow).Run(damaged).Status!.Reason, StringComparison.Ordinal);
        var request = new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true };
        var report = await new GarbageCollector(
            new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(Root) },
            new ManualTimeProvider(DateTimeOffset.UtcNow.AddDays(2))).CollectAsync(request, Token);
        Assert.DoesNotContain(damaged, report.Runs.Select(static run => run.RunId));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [InlineData("link")]
    [InlineData("garbage")]
    public async Task In_the_place_of_a_runs_own_record_it_hides_no_run_and_no_blob_goes(string kind)
    {
        var damaged = (await new SampleRun(Root).WriteAsync(1)).Run.RunId;
        var whole = (await new SampleRun(Root).WriteAsync(1)).Run.RunId;
        Make(kind, $"{Flow}/{damaged}/_meta/_self.json");
        var client = new MetaflowClient(new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(Root) }).WithNamespace(null);
        var summaries = await Task.Run(() => client.Flow(Flow).Summaries(10), Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        var summary = Assert.Single(summaries, run => run.Id == damaged);
        Assert.Equal(RunState.Unknown, summary.State);
        Assert.Contains("_self.json", summary.Reason, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, Assert.Single(summaries, run => run.Id == whole).State);
        Assert.Equal(whole, client.Flow(Flow).LatestRun!.Id);
        Assert.Throws<MetadataException>(() => client.Flow(Flow).Run(damaged));
        var blobs = Directory.GetFiles(Path.Combine(Root, Flow, "data"), "*", SearchOption.AllDirectories).Length;
        var request = new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true };
        var collector = new GarbageCollector(
            new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(Root) },
            new ManualTimeProvider(DateTimeOffset.UtcNow.AddDays(2)));
        Assert.DoesNotContain(damaged, (await collector.CollectAsync(request, Token)).Runs.Select(static run => run.RunId));
        Assert.True(Directory.GetFiles(Path.Combine(Root, Flow, damaged), "*.data.json", SearchOption.AllDirectories).Length > 0);
        Assert.True(Directory.GetFiles(Path.Combine(Root, Flow, "data"), "*", SearchOption.AllDirectories).Length > 0 && blobs > 0);
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
        File.Delete(path);
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
            case "garbage":
                File.WriteAllText(path, "{");
                break;
            case "link":
                File.CreateSymbolicLink(path, Path.GetFileName(path));
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
