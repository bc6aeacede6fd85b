using System.Text;
using Metaflow.Client;
using Metaflow.Copying;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Testing;
using Metaflow.Verification;

namespace Metaflow.Core.Tests.Copying;

public sealed class RunCopierTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _other = new();
    private readonly RunStores _source;

    public RunCopierTests() => _source = Local(_folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_run_is_in_the_target_what_it_is_in_the_source_and_after_the_way_back()
    {
        var run = await WriteAsync(3);
        var far = Memory();
        var there = await new RunCopier(_source, far).CopyAsync(Flow, run, cancellationToken: Token);
        var back = Local(_other);
        await new RunCopier(far, back).CopyAsync(Flow, run, cancellationToken: Token);

        var expected = await RunText.OfAsync(_source, $"{Flow}/{run}");
        Assert.Equal(expected, await RunText.OfAsync(far, $"{Flow}/{run}"));
        Assert.Equal(expected, await RunText.OfAsync(back, $"{Flow}/{run}"));
        Assert.Empty(there.Problems);
        Assert.Equal((7, 0), (there.Tasks, there.FoundObjects));
        Assert.Equal("memory", new MetaflowClient(far.Metadata, far.Blobs).Run($"{Flow}/{run}").EndTask!.MetadataDictionary["ds-root"]);
        Assert.Equal(
            back.Blobs.Root, new MetaflowClient(back.Metadata, back.Blobs).Run($"{Flow}/{run}").EndTask!.MetadataDictionary["ds-root"]);
    }

    [Fact]
    public async Task The_journal_and_the_state_are_copied_so_that_the_run_can_be_continued_in_the_target()
    {
        var run = await WriteAsync(1);
        ReadOnlyMemory<byte>[] records = ["{\"first\":1}"u8.ToArray(), "{\"second\":2}"u8.ToArray(), "{\"third\":3}"u8.ToArray()];
        await WriteJournalAsync(_source, run, records);
        await SetStatusAsync(_source, run, new RunStatus(RunState.Failed, 1, "there", DateTimeOffset.UtcNow, "A task failed."));
        var far = Memory();
        await new RunCopier(_source, far).CopyAsync(Flow, run, cancellationToken: Token);
        var back = Local(_other);
        await new RunCopier(far, back).CopyAsync(Flow, run, cancellationToken: Token);

        foreach (var stores in (RunStores[])[far, back])
        {
            var journal = await RunHomes.Of(stores.Blobs, TimeProvider.System).ReadJournalAsync(Flow, run, Token);
            Assert.Equal(records.Select(Text), journal!.Select(Text));
            var copied = new MetaflowClient(stores.Metadata, stores.Blobs).Run($"{Flow}/{run}");
            Assert.Equal((RunState.Failed, "A task failed."), (copied.State, copied.Status!.Reason));
        }
    }

    [Fact]
    public async Task A_run_that_was_continued_in_the_target_keeps_what_it_is_there()
    {
        var run = await WriteAsync(1);
        await WriteJournalAsync(_source, run, "{\"first\":1}"u8.ToArray());
        await SetStatusAsync(_source, run, new RunStatus(RunState.Failed, 1, "there", DateTimeOffset.UtcNow, "A task failed."));
        var target = Local(_other);
        await new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token);
        await WriteJournalAsync(target, run, "{\"first\":1}"u8.ToArray(), "{\"continued\":2}"u8.ToArray());
        await SetStatusAsync(target, run, new RunStatus(RunState.Succeeded, 1, "here", DateTimeOffset.UtcNow));

        var again = await new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token);

        Assert.True(again.WasThere);
        Assert.Equal(RunState.Succeeded, new MetaflowClient(target.Metadata, target.Blobs).Run($"{Flow}/{run}").State);
        Assert.Equal(2, (await RunHomes.Of(target.Blobs, TimeProvider.System).ReadJournalAsync(Flow, run, Token))!.Count);
    }

    [Fact]
    public async Task Cards_included_files_code_and_objects_of_the_run_go_along()
    {
        var run = await WriteAsync(1);
        var package = await PackageAsync(run);
        await SaveAsync(_source, $"mf.cards/{Flow}/runs/{run}/steps/end/tasks/4/cards/blank-1.html", "<html/>");
        await SaveAsync(_source, $"data/{Flow}/{run}/mine.txt", "mine");
        var far = Memory();
        await new RunCopier(_source, far).CopyAsync(Flow, run, cancellationToken: Token);

        Assert.Equal("<html/>", await ReadAsync(far, $"mf.cards/{Flow}/runs/{run}/steps/end/tasks/4/cards/blank-1.html"));
        Assert.Equal("mine", await ReadAsync(far, $"data/{Flow}/{run}/mine.txt"));
        Assert.Equal("the code", await ReadAsync(far, $"{Flow}/data/{package[..2]}/{package}"));
        var start = new MetaflowClient(far.Metadata, far.Blobs).Run($"{Flow}/{run}").StartTask!;
        Assert.Equal(
            $$"""{"ds_type":"memory","sha":"{{package}}","location":"memory/{{Flow}}/data/{{package[..2]}}/{{package}}"}""",
            start.MetadataDictionary["code-package"]);
        Assert.Contains(
            $"memory/{Flow}/data/{package[..2]}/{package}", await ReadAsync(far, $"{start.Pathspec}/0.task_begin"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_included_file_goes_along_wherever_the_source_finds_it(bool isBeside)
    {
        var run = await WriteAsync(1);
        var datastore = new Metaflow.Artifacts.FlowDatastore(_source.Blobs, Flow, TimeProvider.System);
        var url = await datastore.SaveFileAsync("included"u8.ToArray(), Token);
        var writer = datastore.OpenWriter(new Metaflow.Naming.TaskPath(Flow, run, "end", "9"), 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync(
            [
                new("file", Metaflow.Serialization.ArtifactSerializer.Serialize(
                    new Metaflow.Artifacts.IncludedFile(url, true, "utf-8", 8), typeof(object))),
                new("_task_ok", Metaflow.Serialization.ArtifactSerializer.Serialize(true, typeof(object))),
            ],
            Token);
        await writer.CommitAsync(Token);
        if (isBeside)
        {
            Directory.Move(Path.Combine(_folder.Root, "data"), Path.Combine(_folder.Path, "data"));
        }

        var target = Local(_other);
        await new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token);

        Directory.Delete(isBeside ? Path.Combine(_folder.Path, "data") : Path.Combine(_folder.Root, "data"), recursive: true);
        var copied = new Metaflow.Artifacts.FlowDatastore(target.Blobs, Flow, TimeProvider.System);
        Assert.Equal("included"u8.ToArray(), await copied.LoadFileAsync(url, Token));
    }

    [Fact]
    public async Task A_copy_that_is_cut_off_at_any_write_shows_nothing_and_is_completed_by_the_next_without_sending_twice()
    {
        var run = await WriteAsync(2);
        await WriteJournalAsync(_source, run, "{\"first\":1}"u8.ToArray(), "{\"second\":2}"u8.ToArray());
        await SetStatusAsync(_source, run, new RunStatus(RunState.Succeeded, 1, "there", DateTimeOffset.UtcNow));
        var expected = await RunText.OfAsync(_source, $"{Flow}/{run}");
        for (var cut = 0; ; cut++)
        {
            var blobs = new MemoryBlobStore();
            var killed = new CutOffBlobStore(blobs, cut);
            try
            {
                await new RunCopier(_source, On(killed)).CopyAsync(Flow, run, cancellationToken: Token);
                Assert.True(cut > 100, $"Only {cut} writes were cut off.");
                break;
            }
            catch (StorageException)
            {
                Assert.Empty(await RunText.RunsAsync(On(blobs)));
                await RequireWholeAttemptsAsync(blobs, run);
                await RequireUnfinishedAsync(blobs, run);
            }

            // Another process could take the lease of the killed one at once; this one lives.
            var later = new ManualTimeProvider(DateTimeOffset.UtcNow.AddMinutes(1));
            var second = new CutOffBlobStore(blobs, int.MaxValue);
            await new RunCopier(_source, On(second), StoreOptions.Without(later)).CopyAsync(Flow, run, cancellationToken: Token);
            Assert.Equal(expected, await RunText.OfAsync(On(blobs), $"{Flow}/{run}"));
            Assert.Empty(await FaultsAsync(blobs));
            Assert.DoesNotContain(second.Written.Intersect(killed.Written), static path => !IsOfRunItself(path));
        }
    }

    [Fact]
    public async Task A_second_copy_sends_nothing_but_what_changed_since()
    {
        var run = await WriteAsync(1);
        var target = Local(_other);
        await new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token);
        await _source.Metadata.ChangeTagsAsync(Flow, run, ["good"], [], Token);
        await target.Metadata.ChangeTagsAsync(Flow, run, ["there"], [], Token);
        await SaveAsync(_source, $"mf.cards/{Flow}/runs/{run}/steps/end/tasks/4/cards/blank-2.html", "<html/>");

        var again = await new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token);

        Assert.True(again.WasThere);
        Assert.Equal((1, 7), (again.SentObjects, again.SentBytes));
        Assert.Superset(
            new HashSet<string> { "good", "there", "mine" },
            new MetaflowClient(target.Metadata, target.Blobs).Run($"{Flow}/{run}").UserTags.ToHashSet());
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_counts_what_a_copy_of_the_same_runs_sends()
    {
        string[] runs = [await WriteAsync(2), await WriteAsync(3)];
        var target = Local(_other);
        var dry = new RunCopyOptions { IsDryRun = true };
        foreach (var run in runs)
        {
            await SaveAsync(_source, $"data/{Flow}/{run}/.typed.metaflow-object", """{"content-type": "text/csv"}""");
            await SaveAsync(_source, $"data/{Flow}/{run}/typed", "a,b");
        }

        var planned = await CopyEachAsync(new RunCopier(_source, target), runs, dry);
        Assert.False(Directory.Exists(_other.Root));
        Assert.Equal(planned, await CopyEachAsync(new RunCopier(_source, target), runs, new RunCopyOptions()));
        Assert.Equal(
            await CopyEachAsync(new RunCopier(_source, target), runs, dry),
            await CopyEachAsync(new RunCopier(_source, target), runs, new RunCopyOptions()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_blob_that_is_damaged_in_the_target_is_sent_again(bool isCut)
    {
        var run = await WriteAsync(1);
        var target = Local(_other);
        await new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token);
        var blob = Directory.GetFiles(Path.Combine(_other.Root, Flow, "data"), "*", SearchOption.AllDirectories)
            .First(static path => !path.EndsWith("_meta", StringComparison.Ordinal));
        Damage(blob, isCut);

        var again = await new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token);

        Assert.Equal(1, again.SentObjects);
        Assert.Equal(await RunText.OfAsync(_source, $"{Flow}/{run}"), await RunText.OfAsync(target, $"{Flow}/{run}"));
    }

    [Theory]
    [InlineData(true, "MF4005")]
    [InlineData(false, "MF4005")]
    [InlineData(null, "MF4002")]
    public async Task A_run_with_a_blob_that_is_damaged_or_missing_stays_invisible_unless_that_is_asked_for(bool? isCut, string code)
    {
        var run = await WriteAsync(1, hasLarge: true);
        var end = new MetaflowClient(_source.Metadata, _source.Blobs).Run($"{Flow}/{run}").EndTask!;
        foreach (var name in (string[])["large", "text"])
        {
            var key = end.Artifact(name).Sha;
            var blob = Path.Combine(_folder.Root, Flow, "data", key[..2], key);
            if (isCut is { } cut)
            {
                Damage(blob, cut);
            }
            else
            {
                File.Delete(blob);
            }
        }

        var target = Local(_other);
        var error = await Assert.ThrowsAsync<StorageException>(
            () => new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token));
        Assert.Equal(ErrorCodes.RunToCopyIsDamaged, error.Code);
        Assert.Contains($"(2): '{Flow}/data/", error.Why, StringComparison.Ordinal);
        Assert.Contains(code, error.Why, StringComparison.Ordinal);
        Assert.Empty(await RunText.RunsAsync(target));
        Assert.Empty(Directory.GetFiles(_other.Root, "*.DONE.lock", SearchOption.AllDirectories));

        var report = await new RunCopier(_source, target).CopyAsync(Flow, run, new RunCopyOptions { AllowsDamage = true }, null, Token);
        Assert.Equal([code, code], report.Problems.Select(static problem => problem.Code));
        Assert.Equal([$"{Flow}/{run}"], await RunText.RunsAsync(target));
        var copied = new MetaflowClient(target.Metadata, target.Blobs).Run($"{Flow}/{run}").EndTask!;
        Assert.Equal(1L, copied.Data["total"]);
        Assert.Equal(ErrorCodes.BlobMissing, Assert.Throws<StorageException>(() => copied.Data["text"]).Code);
    }

    [Fact]
    public async Task A_log_that_ends_too_early_is_damage_too()
    {
        var run = await WriteAsync(1);
        var log = $"{Flow}/{run}/end/4/0.runtime_stdout.log";
        var source = _source with { Blobs = new ShortenedBlobStore(_source.Blobs, log) };
        var error = await Assert.ThrowsAsync<StorageException>(
            () => new RunCopier(source, Memory()).CopyAsync(Flow, run, cancellationToken: Token));
        Assert.Equal((ErrorCodes.StorageReadFailed, 1), (error.Code, error.Why.Length > 0 ? 1 : 0));
    }

    [Fact]
    public async Task A_running_run_is_refused_and_copied_as_dead_when_that_is_asked_for()
    {
        var run = await WriteAsync(1, succeeds: false);
        await SetStatusAsync(_source, run, new RunStatus(
            RunState.Running, Environment.ProcessId, Environment.MachineName, DateTimeOffset.UtcNow));
        var held = await RunHomes.Of(_source.Blobs, TimeProvider.System).TryTakeAsync(Flow, run, Token);
        await using (held)
        {
            var error = await Assert.ThrowsAsync<MetadataException>(
                () => new RunCopier(_source, Memory()).CopyAsync(Flow, run, cancellationToken: Token));
            Assert.Equal(ErrorCodes.RunToCopyIsRunning, error.Code);

            var target = Local(_other);
            await new RunCopier(_source, target).CopyAsync(Flow, run, new RunCopyOptions { AllowsRunning = true }, null, Token);
            var copied = new MetaflowClient(target.Metadata, target.Blobs).Run($"{Flow}/{run}");
            Assert.Equal((RunState.Dead, "The run was copied while it was running."), (copied.State, copied.Status!.Reason));
        }
    }

    [Fact]
    public async Task A_run_of_Python_without_an_end_is_refused_while_it_may_be_running()
    {
        var run = await WriteAsync(1, succeeds: false);
        var error = await Assert.ThrowsAsync<MetadataException>(
            () => new RunCopier(_source, Memory()).CopyAsync(Flow, run, cancellationToken: Token));
        Assert.Equal(ErrorCodes.RunToCopyIsRunning, error.Code);

        var later = new ManualTimeProvider(DateTimeOffset.UtcNow.AddHours(2));
        await new RunCopier(_source, Memory(), StoreOptions.Without(later)).CopyAsync(Flow, run, cancellationToken: Token);
    }

    [Fact]
    public async Task Another_run_of_the_same_id_in_the_target_is_not_touched()
    {
        var run = (await new SampleRun(_folder.Root) { Id = "nightly" }.WriteAsync(1)).Run.RunId;
        await new SampleRun(_other.Root) { Id = "nightly" }.WriteAsync(2);
        var before = await RunText.OfAsync(Local(_other), $"{Flow}/{run}");

        var error = await Assert.ThrowsAsync<MetadataException>(
            () => new RunCopier(_source, Local(_other)).CopyAsync(Flow, run, cancellationToken: Token));

        Assert.Equal(ErrorCodes.RunToCopyDiffers, error.Code);
        Assert.Equal(before, await RunText.OfAsync(Local(_other), $"{Flow}/{run}"));
    }

    [Fact]
    public async Task One_process_at_a_time_copies_a_run()
    {
        var run = await WriteAsync(1);
        await SetStatusAsync(_source, run, new RunStatus(RunState.Succeeded, 1, "there", DateTimeOffset.UtcNow));
        var target = Local(_other);
        var held = await RunHomes.Of(target.Blobs, TimeProvider.System).TryTakeAsync(Flow, run, Token);
        await using (held)
        {
            var error = await Assert.ThrowsAsync<MetadataException>(
                () => new RunCopier(_source, target).CopyAsync(Flow, run, cancellationToken: Token));
            Assert.Equal((ErrorCodes.RunToCopyIsHeld, true), (error.Code, error.IsTransient));
        }
    }

    [Theory]
    [InlineData("{folder}/.metaflow/", true)]
    [InlineData("{folder}/link/.metaflow", true)]
    [InlineData("{folder}/.metaflow/inner/.metaflow", false)]
    [InlineData("{folder}/link/.metaflow/inner", false)]
    [InlineData("{folder}", false)]
    public async Task Nothing_is_copied_to_the_source_itself_into_it_or_around_it_whichever_way_it_is_named(string name, bool isSame)
    {
        await WriteAsync(1);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), _folder.Path);
        var root = name.Replace("{folder}", _folder.Path, StringComparison.Ordinal);
        var target = new RunStores(new LocalBlobStore(root), new LocalMetadataProvider(root, TimeProvider.System));
        foreach (var (from, to) in ((RunStores, RunStores)[])[(_source, target), (target, _source)])
        {
            var error = Assert.Throws<ConfigurationException>(() => new RunCopier(from, to));
            Assert.Equal((ErrorCodes.CopyNotPossible, ExitCodes.Usage), (error.Code, error.ExitCode));
            Assert.Contains(isSame ? "are the same datastore" : "is inside the other", error.Why, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_copied_to_the_same_place_or_to_records_that_have_no_times()
    {
        Assert.Equal(ErrorCodes.CopyNotPossible, Assert.Throws<ConfigurationException>(
            () => new RunCopier(_source, Local(_folder))).Code);
        Assert.Equal(ErrorCodes.CopyNotPossible, Assert.Throws<ConfigurationException>(
            () => new RunCopier(_source, RunStores.InMemory())).Code);
    }

    [Fact]
    public async Task A_run_that_does_not_exist_is_said_to_be_missing()
    {
        await WriteAsync(1);
        var error = await Assert.ThrowsAsync<MetadataException>(
            () => new RunCopier(_source, Memory()).CopyAsync(Flow, "17", cancellationToken: Token));
        Assert.Equal(ErrorCodes.ObjectNotFound, error.Code);
    }

    private static async Task<IReadOnlyList<(long Objects, long Bytes, long Found)>> CopyEachAsync(
        RunCopier copier, string[] runs, RunCopyOptions options)
    {
        var counts = new List<(long, long, long)>();
        foreach (var run in runs)
        {
            var report = await copier.CopyAsync(Flow, run, options, null, Token);
            counts.Add((report.SentObjects, report.SentBytes, report.FoundObjects));
        }

        return counts;
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    private static RunStores Local(TemporaryFolder folder)
        => new(new LocalBlobStore(folder.Root), new LocalMetadataProvider(folder.Root, TimeProvider.System));

    private static RunStores On(IBlobStore blobs) => new(blobs, new StoreMetadataProvider(blobs, TimeProvider.System));

    private static RunStores Memory() => On(new MemoryBlobStore());

    // The lease, the journal and the state of the run itself are written by each copy.
    private static bool IsOfRunItself(string path)
        => path.Contains("/_meta/lease/", StringComparison.Ordinal) || path.Contains("/_meta/journal/", StringComparison.Ordinal)
            || path.EndsWith("/status.json", StringComparison.Ordinal) || path.EndsWith("/copying.json", StringComparison.Ordinal);

    private static void Damage(string path, bool isCut)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[^9] ^= 1;
        File.WriteAllBytes(path, isCut ? bytes[..^4] : bytes);
    }

    private static async Task SaveAsync(RunStores stores, string path, string text)
        => await stores.Blobs.SaveAsync([new BlobWrite(path, Encoding.UTF8.GetBytes(text))], overwrite: true, Token);

    private static async Task<string> ReadAsync(RunStores stores, string path)
        => Encoding.UTF8.GetString((await stores.Blobs.ReadAsync(path, Token))!);

    private static async Task SetStatusAsync(RunStores stores, string run, RunStatus status)
        => await stores.Blobs.SaveAsync([status.ToWrite(Flow, run)], overwrite: true, Token);

    private static async Task WriteJournalAsync(RunStores stores, string run, params ReadOnlyMemory<byte>[] records)
    {
        await using var lease = await RunHomes.Of(stores.Blobs, TimeProvider.System).TryTakeAsync(Flow, run, Token);
        await using var journal = await lease!.BeginJournalAsync(records[0], Token);
        await journal.AppendAllAsync(records[1..], Token);
    }

    // What is there is no contradiction, and no run that lost something.
    private static async Task RequireUnfinishedAsync(MemoryBlobStore blobs, string run)
        => Assert.All(await FaultsAsync(blobs), fault => Assert.Equal(
            (ErrorCodes.CopyUnfinished, $"{Flow}/{run}", true), (fault.Code, fault.Path, fault.IsLeftover)));

    private static async Task<IReadOnlyList<DatastoreFault>> FaultsAsync(IBlobStore blobs)
        => [.. (await new DatastoreVerifier(blobs, hasRecords: true, TimeProvider.System)
            .VerifyAsync(new VerificationRequest(), Token).ToListAsync(Token)).SelectMany(static flow => flow.Faults)];

    private static async Task RequireWholeAttemptsAsync(MemoryBlobStore blobs, string run)
    {
        // Once one attempt counts, all that any of them needs is there.
        var datastore = new Metaflow.Artifacts.FlowDatastore(blobs, Flow, TimeProvider.System);
        foreach (var (step, task) in ((string, string)[])[("start", "1"), ("body", "2"), ("body", "3"), ("end", "5")])
        {
            var path = new Metaflow.Naming.TaskPath(Flow, run, step, task);
            if (await datastore.TryOpenAttemptAsync(path, 0, Token) is { } artifacts)
            {
                foreach (var record in artifacts.Records.Values)
                {
                    await datastore.CheckAsync(record, isParameter: false, Token);
                }
            }
        }
    }

    private async Task<string> WriteAsync(int items, bool succeeds = true, bool hasLarge = false)
        => (await new SampleRun(_folder.Root) { HasLarge = hasLarge }.WriteAsync(items, succeeds)).Run.RunId;

    private async Task<string> PackageAsync(string run)
    {
        var content = new Metaflow.Artifacts.FlowDatastore(_source.Blobs, Flow, TimeProvider.System).Content;
        var key = (await content.SaveAsync([new("the code"u8.ToArray())], raw: true, Token))[0];
        var task = new Metaflow.Naming.TaskPath(Flow, run, "start", "1");
        var record = await _source.Metadata.FindRunAsync(Flow, run, Token);
        await _source.Metadata.RecordAsync(
            record!, task,
            [new MetadataDatum("code-package", "code-package", $$"""{"ds_type": "local", "sha": "{{key}}", "location": "x"}""", [])], [],
            Token);
        await SaveAsync(
            _source, $"{task}/0.task_begin", $$"""{"code_package_sha": "{{key}}", "code_package_url": "x", "retry_count": 0}""");
        return key;
    }
}
