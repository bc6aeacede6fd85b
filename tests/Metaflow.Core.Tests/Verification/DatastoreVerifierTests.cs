using System.Buffers;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Runs;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Verification;

namespace Metaflow.Core.Tests.Verification;

public sealed class DatastoreVerifierTests : IDisposable
{
    private const string Flow = "SampleFlow";
    private const string NoKey = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Damages of a record, with the end of its path, the code, and what the fault says.</summary>
    public static TheoryData<string, string, string, string> Damages => new()
    {
        { "start/1/0.data.json", "", ErrorCodes.RecordUnreadable, "it is empty" },
        { "start/1/0.data.json", "{}", ErrorCodes.RecordUnreadable, "It has no 'objects'" },
        { "start/1/0.data.json", """{"objects": {}, "info": {}}""", ErrorCodes.RecordUnreadable, "lacks '_task_ok'" },
        {
            "start/1/0.data.json", "{\"attempt\": 1, \"objects\": {\"_task_ok\": \"" + NoKey + "\"}, \"info\": {\"_task_ok\": {}}}",
            ErrorCodes.RecordUnreadable, "its 'attempt' is 1"
        },
        {
            "start/1/0.data.json", """{"objects": {"_task_ok": "short"}, "info": {"_task_ok": {}}}""", ErrorCodes.RecordUnreadable,
            "'short' of '_task_ok' is not a hash"
        },
        {
            "start/1/0.data.json", "{\"objects\": {\"_task_ok\": \"" + NoKey + "\"}, \"info\": {\"_task_ko\": {}}}",
            ErrorCodes.RecordUnreadable, "have different names"
        },
        { "start/1/0.DONE.lock", "", ErrorCodes.RecordUnreadable, "it is empty" },
        { "start/1/0.attempt.json", "{\"time\": ", ErrorCodes.RecordUnreadable, "cannot be understood" },
        { "start/1/0.task_begin", "\0\0", ErrorCodes.RecordUnreadable, "cannot be understood" },
        { "start/1/_meta/_self.json", "[]", ErrorCodes.MetadataUnreadable, "It has no 'ts_epoch'" },
        { "start/1/_meta/_self.json", """{"flow_id": "Other", "ts_epoch": 1}""", ErrorCodes.MetadataUnreadable, "unlike its path" },
        { "_meta/_self.json", """{"tags": ["\ud800"]}""", ErrorCodes.MetadataUnreadable, "cannot be understood" },
        { "start/1/_meta/0_artifact_alpha.json", "{}", ErrorCodes.MetadataUnreadable, "It has no text 'name'" },
        { "start/_meta/_self.json", "{", ErrorCodes.MetadataUnreadable, "cannot be understood" },
        { "_meta/_self.json", "{", ErrorCodes.MetadataUnreadable, "cannot be understood" },
        { "_meta/status.json", "{}", ErrorCodes.MetadataUnreadable, "not the state of a run" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_whole_run_has_no_faults()
    {
        await WriteAsync();
        var checks = await CheckAsync(readsContent: true);
        Assert.Empty(checks.Faults);
        Assert.Equal((1, 5, 6, 6), (checks.Counts.Runs, checks.Counts.Tasks, checks.Counts.Attempts, checks.Counts.CompleteAttempts));
        Assert.Equal(Blobs().Count, checks.Counts.Blobs);
        Assert.Equal(checks.Counts.Blobs, checks.Counts.ReadBlobs);
        Assert.Equal(Blobs().Sum(static path => new FileInfo(path).Length), checks.Counts.BlobBytes);
    }

    [Fact]
    public async Task What_the_reference_wrote_has_no_faults()
    {
        using var golden = new GoldenFolder();
        var verifier = new DatastoreVerifier(new LocalBlobStore(golden.Root), hasRecords: true, TimeProvider.System);
        var flows = await verifier.VerifyAsync(new VerificationRequest { ReadsContent = true }, Token).ToListAsync(Token);
        Assert.True(flows.Count > 3);
        Assert.Empty(flows.SelectMany(static flow => flow.Faults));
    }

    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public async Task A_damaged_record_is_found_with_the_code_that_its_readers_meet(string end, string text, string code, string why)
    {
        var path = Path.Combine(_folder.Root, Flow, await WriteAsync(), end);
        await File.WriteAllTextAsync(path, text, Token);
        var faults = (await CheckAsync()).Faults;
        var fault = Assert.Single(faults, fault => fault.Path.EndsWith(end, StringComparison.Ordinal));
        Assert.Equal(code, fault.Code);
        Assert.Contains(why, fault.What, StringComparison.Ordinal);
        Assert.True(fault.Remains);
    }

    [Fact]
    public async Task A_record_that_an_attempt_is_done_names_the_attempt()
    {
        var run = await WriteAsync();
        var path = Directory.GetFiles(Path.Combine(_folder.Root, Flow, run, "start", "1", "_meta"), "sysmeta_attempt-done_*").Single();
        var text = await File.ReadAllTextAsync(path, Token);
        await File.WriteAllTextAsync(path, text.Replace("\"value\":\"0\"", "\"value\":\"p\"", StringComparison.Ordinal), Token);
        Assert.Contains("names no attempt", Assert.Single((await CheckAsync()).Faults).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_that_are_stored_and_not_yet_registered_are_no_fault_until_a_task_is_complete()
    {
        var run = await WriteAsync();
        var folder = Path.Combine(_folder.Root, Flow, run);
        Directory.Delete(Path.Combine(folder, "_parameters", "0", "_meta"), recursive: true);
        Assert.Equal(ErrorCodes.RecordsContradict, Assert.Single((await CheckAsync()).Faults).Code);
        foreach (var step in (string[])["start", "body", "join", "end"])
        {
            Directory.Delete(Path.Combine(folder, step), recursive: true);
        }

        Assert.Empty((await CheckAsync()).Faults);
    }

    [Fact]
    public async Task A_complete_attempt_without_its_list_is_a_fault()
    {
        var run = await WriteAsync();
        File.Delete(Path.Combine(_folder.Root, Flow, run, "join", "4", "0.data.json"));
        var fault = Assert.Single((await CheckAsync()).Faults, static fault => fault.Code == ErrorCodes.RecordUnreadable);
        Assert.EndsWith("0.data.json", fault.Path, StringComparison.Ordinal);
        Assert.Contains("missing although the attempt is complete", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_of_an_attempt_that_is_not_there_contradict_the_data()
    {
        var run = await WriteAsync();
        var task = Path.Combine(_folder.Root, Flow, run, "start", "1");
        foreach (var file in Directory.GetFiles(task, "0.*"))
        {
            File.Delete(file);
        }

        var faults = (await CheckAsync()).Faults;
        Assert.All(
            faults.Where(static fault => !fault.IsLeftover && fault.Code != ErrorCodes.TaskLost),
            static fault => Assert.Equal(ErrorCodes.RecordsContradict, fault.Code));
        Assert.Contains(
            faults, static fault => fault.What.Contains("says that attempt 0 is done", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_of_another_blob_or_without_its_artifact_contradicts_the_data()
    {
        var run = await WriteAsync();
        var records = Path.Combine(_folder.Root, Flow, run, "start", "1", "_meta");
        var path = Path.Combine(records, "0_artifact_alpha.json");
        var text = await File.ReadAllTextAsync(path, Token);
        var at = text.IndexOf("\"sha\":\"", StringComparison.Ordinal) + 7;
        await File.WriteAllTextAsync(path, text[..at] + NoKey + text[(at + 40)..], Token);
        File.Delete(Path.Combine(records, "0_artifact_items.json"));
        var faults = (await CheckAsync()).Faults;
        Assert.Equal(2, faults.Count);
        Assert.All(faults, static fault => Assert.Equal(ErrorCodes.RecordsContradict, fault.Code));
        Assert.Contains(faults, static fault => fault.What.Contains("different blobs", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.What.Contains("'items' of attempt 0 has no record", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_a_step_and_a_flow_that_lost_their_records_are_found()
    {
        var run = await WriteAsync();
        foreach (var folder in (string[])["", run, $"{run}/join", $"{run}/join/4", $"{run}/start/1"])
        {
            File.Delete(Path.Combine(_folder.Root, Flow, folder, "_meta", "_self.json"));
        }

        var faults = (await CheckAsync()).Faults;
        Assert.Equal(5, faults.Count);
        Assert.All(faults, static fault => Assert.EndsWith("/_self.json", fault.Path, StringComparison.Ordinal));
        Assert.All(faults, static fault => Assert.Equal(ErrorCodes.RecordsContradict, fault.Code));
    }

    [Fact]
    public async Task A_missing_blob_says_who_refers_to_it_and_stays_a_fault()
    {
        await WriteAsync();
        var large = Blobs().MaxBy(static path => new FileInfo(path).Length)!;
        File.Delete(large);
        var fault = Assert.Single((await CheckAsync(repairs: true)).Faults);
        Assert.Equal(ErrorCodes.BlobMissing, fault.Code);
        Assert.EndsWith(Path.GetFileName(large), fault.Path, StringComparison.Ordinal);
        Assert.Matches("'blob' of 'SampleFlow/[0-9]+/start/1/0.data.json' refers to it", fault.What);
        Assert.True(fault.Remains);
    }

    [Fact]
    public async Task A_blob_that_is_too_short_for_its_value_is_found_without_reading_it()
    {
        await WriteAsync();
        var large = Blobs().MaxBy(static path => new FileInfo(path).Length)!;
        Replace(large, [1]);
        Assert.Equal(ErrorCodes.BlobCorrupt, Assert.Single((await CheckAsync()).Faults).Code);
        Replace(large, []);
        Assert.Equal(ErrorCodes.BlobCorrupt, Assert.Single((await CheckAsync()).Faults).Code);
    }

    [Fact]
    public async Task A_damaged_blob_is_found_by_its_content_moved_away_and_written_again_by_the_next_task()
    {
        await WriteAsync();
        var path = Blobs().MaxBy(static path => new FileInfo(path).Length)!;
        var whole = await File.ReadAllBytesAsync(path, Token);
        var damaged = (byte[])whole.Clone();
        damaged[whole.Length / 2] ^= 4;
        Replace(path, damaged);
        Assert.Empty((await CheckAsync()).Faults);

        var found = Assert.Single((await CheckAsync(readsContent: true)).Faults);
        Assert.Equal((ErrorCodes.BlobCorrupt, DatastoreRepair.Quarantine, false), (found.Code, found.Repair, found.IsRepaired));
        Assert.True(File.Exists(path));
        var repaired = await CheckAsync(readsContent: true, repairs: true);
        Assert.True(Assert.Single(repaired.Faults).IsRepaired);
        Assert.True(repaired.Faults[0].Remains);
        Assert.False(File.Exists(path));
        Assert.Equal(
            damaged, await File.ReadAllBytesAsync(Path.Combine(_folder.Root, Flow, "_meta", "damaged", Path.GetFileName(path)), Token));

        var missing = await CheckAsync();
        Assert.Equal((ErrorCodes.BlobMissing, 1), (Assert.Single(missing.Faults).Code, missing.Counts.Quarantined));
        await WriteAsync();
        Assert.Empty((await CheckAsync(readsContent: true)).Faults);
    }

    [Fact]
    public async Task A_damaged_blob_that_nothing_refers_to_is_no_fault_any_more_once_it_is_moved_away()
    {
        await WriteAsync();
        var key = (await new ContentAddressedStore(new LocalBlobStore(_folder.Root), Flow).SaveAsync(
            [new ReadOnlySequence<byte>("nobody has this"u8.ToArray())], raw: true, Token))[0];
        Replace(Path.Combine(_folder.Root, Flow, "data", key[..2], key), "nobody has thus"u8.ToArray());
        Assert.True(Assert.Single((await CheckAsync(readsContent: true)).Faults).Remains);
        Assert.False(Assert.Single((await CheckAsync(readsContent: true, repairs: true)).Faults).Remains);
        Assert.Empty((await CheckAsync(readsContent: true)).Faults);
    }

    [Fact]
    public async Task Only_leftovers_that_are_old_are_listed_and_only_what_no_reader_looks_at_is_deleted()
    {
        var run = await WriteAsync();
        var before = Files();
        var task = Path.Combine(_folder.Root, Flow, run, "start", "1");
        string[] leftovers =
        [
            Temporary(task), Temporary(Path.Combine(task, "_meta")), Temporary(Path.Combine(_folder.Root, Flow, "data")),
            Temporary(Path.Combine(_folder.Root, "data", Flow)), Path.Combine(_folder.Root, Flow, "data", "aa", NoKey + "_meta"),
            Path.Combine(_folder.Root, Flow, $".removed-17-{Guid.NewGuid():N}.tmp", "start", "x"),
        ];
        string[] others =
        [
            Path.Combine(task, ".mine.tmp"), Path.Combine(_folder.Root, Flow, "data", "bb", "bb" + NoKey[2..]),
            Path.Combine(_folder.Root, "data", Flow, NoKey), Path.Combine(_folder.Root, Flow, "data", "of mine"),
        ];
        foreach (var path in leftovers.Concat(others))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "half", Token);
        }

        Assert.DoesNotContain((await CheckAsync()).Faults, static fault => fault.Repair == DatastoreRepair.Delete);
        foreach (var path in leftovers.Concat(others))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-2));
        }

        var found = (await CheckAsync()).Faults;
        Assert.All(
            found,
            static fault => Assert.Equal((ErrorCodes.DataUnreferenced, true, false), (fault.Code, fault.IsLeftover, fault.Remains)));
        Assert.Equal(
            [DatastoreRepair.None, DatastoreRepair.None, .. Enumerable.Repeat(DatastoreRepair.Delete, 5)],
            found.Where(static fault => fault.Repair != DatastoreRepair.FinishRemoval).Select(static fault => fault.Repair).Order());
        await CheckAsync(repairs: true);
        Assert.Equal(before.Concat(others).Order(StringComparer.Ordinal), Files());
        Assert.All((await CheckAsync()).Faults, static fault => Assert.Equal(DatastoreRepair.None, fault.Repair));
    }

    [Fact]
    public async Task Where_a_list_is_unreadable_no_blob_is_called_unreferenced()
    {
        var run = await WriteAsync();
        File.WriteAllText(Path.Combine(_folder.Root, Flow, run, "start", "1", "0.data.json"), "{");
        foreach (var blob in Blobs())
        {
            File.SetLastWriteTimeUtc(blob, DateTime.UtcNow.AddDays(-2));
        }

        var checks = await CheckAsync();
        Assert.DoesNotContain(checks.Faults, static fault => fault.IsLeftover);
        Assert.Contains(checks.Notes, static note => note.Contains("not listed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_torn_end_of_a_journal_is_a_fault_of_a_run_that_ended_and_none_of_one_that_was_killed()
    {
        var run = await WriteAsync();
        var folder = Path.Combine(_folder.Root, Flow, run, "_meta");
        await File.WriteAllBytesAsync(
            Path.Combine(folder, "journal"), [.. JournalFile.Line("{}"u8), .. JournalFile.Line("{\"a\": 1}"u8)[..^4]], Token);
        Assert.Empty((await CheckAsync()).Faults);
        var status = new RunStatus(RunState.Succeeded, 1, "here", DateTimeOffset.UtcNow);
        await new LocalBlobStore(_folder.Root).SaveAsync([status.ToWrite(Flow, run)], overwrite: true, Token);
        Assert.Equal(ErrorCodes.JournalDamaged, Assert.Single((await CheckAsync()).Faults).Code);
    }

    [Fact]
    public async Task A_journal_with_a_damaged_record_before_its_end_is_a_fault()
    {
        var run = await WriteAsync();
        byte[] journal = [.. JournalFile.Line("{}"u8), .. JournalFile.Line("{\"a\": 1}"u8), .. JournalFile.Line("{}"u8)];
        journal[20] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(_folder.Root, Flow, run, "_meta", "journal"), journal, Token);
        Assert.Equal(ErrorCodes.JournalDamaged, Assert.Single((await CheckAsync()).Faults).Code);
    }

    [Fact]
    public async Task An_included_file_that_is_lost_or_damaged_is_found()
    {
        var datastore = new FlowDatastore(new LocalBlobStore(_folder.Root), Flow, TimeProvider.System);
        var url = await datastore.SaveFileAsync("the content of a file"u8.ToArray(), Token);
        var writer = datastore.OpenWriter(new TaskPath(Flow, "17", TaskPath.ParametersStep, "0"), 0);
        await writer.SaveArtifactsAsync(
            [
                new("text", ArtifactSerializer.Serialize(new IncludedFile(url, true, "utf-8", 21), typeof(IncludedFile))),
                new(InternalArtifacts.TaskOk, ArtifactSerializer.Serialize(true, typeof(bool))),
            ],
            Token);
        await writer.CommitAsync(Token);
        Assert.Empty((await CheckAsync(readsContent: true, hasRecords: false)).Faults);
        var file = Directory.GetFiles(Path.Combine(_folder.Root, "data", Flow)).Single();
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[^6] ^= 1;
        Replace(file, bytes);
        Assert.Equal(ErrorCodes.BlobCorrupt, Assert.Single((await CheckAsync(readsContent: true, hasRecords: false)).Faults).Code);
        File.Delete(file);
        Assert.Equal(ErrorCodes.IncludedFileLost, Assert.Single((await CheckAsync(hasRecords: false)).Faults).Code);
    }

    [Fact]
    public async Task A_latest_run_that_is_not_there_is_found()
    {
        await WriteAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, Flow, "latest_run"), "17", Encoding.ASCII, Token);
        Assert.Contains("names the run '17'", Assert.Single((await CheckAsync()).Faults).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_that_is_not_there_is_an_error()
    {
        await WriteAsync();
        var verifier = new DatastoreVerifier(new LocalBlobStore(_folder.Root), hasRecords: true, TimeProvider.System);
        var error = await Assert.ThrowsAsync<MetadataException>(
            async () => await verifier.VerifyAsync(new VerificationRequest { Flow = "SimpleFlow" }, Token).ToListAsync(Token));
        Assert.Equal(ErrorCodes.ObjectNotFound, error.Code);
    }

    private async Task<string> WriteAsync() => (await new SampleRun(_folder.Root).WriteAsync(2)).Run.RunId;

    private async Task<FlowVerification> CheckAsync(bool readsContent = false, bool repairs = false, bool hasRecords = true)
        => Assert.Single(await new DatastoreVerifier(new LocalBlobStore(_folder.Root), hasRecords, TimeProvider.System)
            .VerifyAsync(new VerificationRequest { ReadsContent = readsContent, Repairs = repairs }, Token).ToListAsync(Token));

    private List<string> Blobs()
        => [.. Directory.GetFiles(Path.Combine(_folder.Root, Flow, "data"), "*", SearchOption.AllDirectories)
            .Where(static path => !path.EndsWith("_meta", StringComparison.Ordinal))];

    private List<string> Files()
        => [.. Directory.GetFiles(_folder.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(static path => !path.EndsWith(".lock", StringComparison.Ordinal) || path.EndsWith("DONE.lock", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static string Temporary(string folder) => Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");

    // The store takes the right to write away from its blobs.
    private static void Replace(string path, byte[] content)
    {
        File.Delete(path);
        File.WriteAllBytes(path, content);
    }
}
