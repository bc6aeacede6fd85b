using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Client;
using Metaflow.Copying;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Tests.Data;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.ObjectStorage.Tests.S3;

/// <summary>Runs that are copied to a bucket and back.</summary>
public sealed class S3CopyTests(MotoServer moto) : IAsyncLifetime
{
    private const string Flow = "CopiedFlow";
    private const string Run = "17";

    private static readonly TaskPath End = new(Flow, Run, "end", "1");

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-copy-").FullName;
    private readonly byte[] _large = RandomNumberGenerator.GetBytes((ObjectUpload.PartSize * 2) + 54_321);
    private FaultProxy _proxy = null!;
    private RunStores _bucket = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = await FaultProxy.StartAsync(await moto.RequiredAsync());
        var bucket = await Buckets.CreatePlaceAsync(_proxy.Address);
        var blobs = Buckets.StoreOf(_proxy.Address, bucket, change: static settings => settings with { Retries = 6 });
        var records = ProgramPlugins.Registry.Find<IMetadataFactory>("store")!;
        _bucket = new RunStores(blobs, records.Open(blobs, StoreOptions.Without(TimeProvider.System)));
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_run_comes_back_as_it_was_while_requests_fail_and_answers_are_lost()
    {
        var here = Local("here");
        var key = await WriteAsync(here);
        _proxy.Faults = static (number, request) => (number % 11, number % 13, number % 17) switch
        {
            (0, _, _) => Fault.SlowDown,
            (_, 0, _) => Fault.LostResponse,
            (_, _, 0) => request.Method == "GET" ? Fault.TornResponse : Fault.LostRequest,
            _ => Fault.None,
        };
        var sent = await new RunCopier(here, _bucket).CopyAsync(Flow, Run, cancellationToken: Token);
        var back = Local("back");
        var received = await new RunCopier(_bucket, back).CopyAsync(Flow, Run, cancellationToken: Token);
        _proxy.Faults = static (_, _) => Fault.None;

        Assert.Equal((sent.SentObjects, 0), (received.SentObjects, received.Problems.Count));
        foreach (var stores in (RunStores[])[_bucket, back])
        {
            var task = new MetaflowClient(stores.Metadata, stores.Blobs).Run($"{Flow}/{Run}").Task("end", "1");
            Assert.Equal(("a log\n", 42L), (task.Stdout, task.Data["answer"]));
            Assert.Equal(stores.Blobs.Root, task.MetadataDictionary["ds-root"]);
            var read = await stores.Blobs.OpenAsync(PathOf(key), Token);
            using var content = read!.Content;
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, Token);
            Assert.True(read.Packing!.IsRaw);
            Assert.Equal(_large, bytes.ToArray());
        }
    }

    [Fact]
    public async Task What_a_bucket_has_already_is_not_sent_again()
    {
        var here = Local("here");
        await WriteAsync(here);
        await new RunCopier(here, _bucket).CopyAsync(Flow, Run, cancellationToken: Token);
        var again = await new RunCopier(here, _bucket).CopyAsync(Flow, Run, cancellationToken: Token);
        Assert.Equal((true, 0L, 0L), (again.WasThere, again.SentObjects, again.SentBytes));
    }

    [Fact]
    public async Task Data_of_steps_keep_their_types_and_texts_on_the_way_to_a_bucket_and_back()
    {
        var here = Local("here");
        await WriteAsync(here);
        await WriteDataAsync(ObjectFolder.ForRun(Of(here), options: Options()));
        await new RunCopier(here, _bucket).CopyAsync(Flow, Run, cancellationToken: Token);
        var back = Local("back");
        await new RunCopier(_bucket, back).CopyAsync(Flow, Run, cancellationToken: Token);
        foreach (var stores in (RunStores[])[_bucket, back])
        {
            await AssertDataAsync(ObjectFolder.ForRun(Of(stores), options: Options()));
        }

        Assert.DoesNotContain(
            await _bucket.Blobs.ListAsync($"data/{Flow}/{Run}", Token), static entry => entry.Name.StartsWith('.'));
        foreach (var copier in (RunCopier[])[new(here, _bucket), new(_bucket, back)])
        {
            Assert.Equal(0, (await copier.CopyAsync(Flow, Run, cancellationToken: Token)).SentObjects);
        }

        // What an earlier version had copied without them is sent again.
        await _bucket.Blobs.SaveAsync([new BlobWrite($"data/{Flow}/{Run}/table.csv", "a,b"u8.ToArray())], overwrite: true, Token);
        Assert.Equal(1, (await new RunCopier(here, _bucket).CopyAsync(Flow, Run, cancellationToken: Token)).SentObjects);
        await AssertDataAsync(ObjectFolder.ForRun(Of(_bucket), options: Options()));
    }

    [Fact]
    public async Task Odd_keys_come_to_another_bucket_and_a_folder_names_those_that_it_cannot_hold()
    {
        await WriteAsync(_bucket);
        string[] names = [".note.txt.metaflow-object", "_meta/plain", "a//b.txt", "x/"];
        foreach (var name in names)
        {
            await _bucket.Blobs.SaveAsync(
                [new BlobWrite($"data/{Flow}/{Run}/{name}", Encoding.UTF8.GetBytes(name))], overwrite: true, Token);
        }

        var blobs = await Buckets.CreateAsync(_proxy.Address);
        var other = new RunStores(
            blobs, ProgramPlugins.Registry.Find<IMetadataFactory>("store")!.Open(blobs, StoreOptions.Without(TimeProvider.System)));
        Assert.Empty((await new RunCopier(_bucket, other).CopyAsync(Flow, Run, cancellationToken: Token)).Problems);
        foreach (var name in names)
        {
            Assert.Equal(name, Encoding.UTF8.GetString((await blobs.ReadAsync($"data/{Flow}/{Run}/{name}", Token))!));
        }

        var back = Local("back");
        var report = await new RunCopier(_bucket, back).CopyAsync(
            Flow, Run, new RunCopyOptions { AllowsDamage = true }, cancellationToken: Token);
        Assert.Equal(
            [.. names.Except(["_meta/plain"]).Select(static name => $"data/{Flow}/{Run}/{name}")],
            report.Problems.Select(static problem => problem.Path));
        Assert.NotNull(await back.Blobs.ReadAsync($"data/{Flow}/{Run}/_meta/plain", Token));

        var all = await blobs.ListAllAsync($"data/{Flow}/{Run}", Token);
        Assert.Equal(names.Length, all.Count);
        await blobs.DeleteAsync(all, Token);
        Assert.Empty(await blobs.ListAllAsync($"data/{Flow}/{Run}", Token));
    }

    [Fact]
    public async Task Data_of_steps_that_the_settings_put_into_another_bucket_are_copied_too()
    {
        var other = await Buckets.CreatePlaceAsync(_proxy.Address);
        await WriteAsync(_bucket);
        (string Name, string Value)[] settings =
        [
            ("METAFLOW_DATATOOLS_S3ROOT", $"{other}/things"), ("METAFLOW_DATASTORE_SYSROOT_S3", _bucket.Blobs.Root),
        ];
        var options = Options(settings);
        await WriteDataAsync(ObjectFolder.ForRun(Of(_bucket), options: options));
        Assert.Empty(await _bucket.Blobs.ListAsync($"data/{Flow}", Token));
        var back = Local("back");
        var copier = new RunCopier(_bucket, back, StoreOptions.Of(options.Settings!.Environment, TimeProvider.System));
        await copier.CopyAsync(Flow, Run, cancellationToken: Token);
        await AssertDataAsync(ObjectFolder.ForRun(Of(back), options: options));
    }

    [Fact]
    public async Task A_large_blob_that_is_damaged_at_its_end_never_becomes_visible_in_a_bucket()
    {
        var here = Local("here");
        var key = await WriteAsync(here);
        _large[^1] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(here.Blobs.Root, PathOf(key)), _large, Token);

        var error = await Assert.ThrowsAsync<StorageException>(
            () => new RunCopier(here, _bucket).CopyAsync(Flow, Run, cancellationToken: Token));

        Assert.Equal(ErrorCodes.RunToCopyIsDamaged, error.Code);
        Assert.Contains(ErrorCodes.BlobCorrupt, error.Why, StringComparison.Ordinal);
        Assert.Null(await _bucket.Blobs.SizeAsync(PathOf(key), Token));
        Assert.Empty(await _bucket.Metadata.ListFlowsAsync(Token));
    }

    private static RunHandle Of(RunStores stores) => new MetaflowClient(stores.Metadata, stores.Blobs).Run($"{Flow}/{Run}");

    private ObjectFolderOptions Options(params (string Name, string Value)[] settings)
        => DataPlace.OptionsWith([("METAFLOW_S3_ENDPOINT_URL", _proxy.Address.ToString()), .. settings]);

    private static async Task WriteDataAsync(ObjectFolder folder)
    {
        using (folder)
        {
            await folder.PutAsync("deep/er/plain", "no type", cancellationToken: Token);
            await folder.PutAsync(
                new ObjectPut("table.csv", "a,b")
                {
                    ContentType = "text/csv",
                    Metadata = new Dictionary<string, string> { ["source"] = "sensor 7", ["größe"] = "2" },
                },
                cancellationToken: Token);
        }
    }

    private static async Task AssertDataAsync(ObjectFolder folder)
    {
        using (folder)
        {
            var table = await folder.GetAsync("table.csv", cancellationToken: Token);
            Assert.Equal(("a,b", "text/csv"), (table.ReadText(), table.Info.ContentType));
            Assert.Equal("2 sensor 7", string.Join(' ', table.Info.Metadata.Values.Order()));
            var plain = await folder.GetAsync("deep/er/plain", cancellationToken: Token);
            Assert.Equal(("no type", "binary/octet-stream", 0), (plain.ReadText(), plain.Info.ContentType, plain.Info.Metadata.Count));
            Assert.Equal(2, (await folder.ListRecursiveAsync(cancellationToken: Token)).Count);
        }
    }

    private static string PathOf(string key) => $"{Flow}/data/{key[..2]}/{key}";

    private static (string Key, BlobWrite Write) Blob(byte[] payload, bool isRaw)
    {
#pragma warning disable CA5350 // The name of a blob is the SHA-1 of its content.
        var key = Convert.ToHexStringLower(SHA1.HashData(payload));
#pragma warning restore CA5350
        using var packed = new MemoryStream();
        if (!isRaw)
        {
            using var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true);
            gzip.Write(payload);
        }

        return (key, new BlobWrite(PathOf(key), isRaw ? payload : packed.ToArray()) { Packing = new BlobPacking(isRaw) });
    }

    private static MetadataDatum Datum(string field, string value) => new(field, field, value, ["attempt_id:0"]);

    private RunStores Local(string name)
        => RunStores.Open(StoreAddress.Local(Path.Combine(_folder, name, ".metaflow")), StoreOptions.Without(TimeProvider.System));

    /// <summary>Writes a run of one task, of which two blobs are small and one has several parts.</summary>
    private async Task<string> WriteAsync(RunStores stores)
    {
        var run = await stores.Metadata.RegisterRunAsync(new RunRecord(Flow, Run, "ada", ["mine"], ["user:ada"], default), Token);
        await stores.Metadata.RegisterTaskAsync(run, End, Token);
        var (answer, answerBlob) = Blob([0x80, 4, (byte)'K', 42, (byte)'.'], isRaw: false);
        var (isOk, isOkBlob) = Blob([0x80, 4, 0x88, (byte)'.'], isRaw: false);
        var (large, largeBlob) = Blob(_large, isRaw: true);
        await stores.Blobs.SaveAsync(
            [
                answerBlob, isOkBlob, largeBlob,
                new BlobWrite($"{End}/0.attempt.json", """{"time": 1}"""u8.ToArray()),
                new BlobWrite($"{End}/0.runtime_stdout.log", "a log"u8.ToArray()),
                new BlobWrite($"{End}/0.data.json", Encoding.UTF8.GetBytes(
                    $$"""{"objects": {"answer": "{{answer}}", "_task_ok": "{{isOk}}", "large": "{{large}}" }, "info": {} }""")),
                new BlobWrite($"{End}/0.DONE.lock", "\"\""u8.ToArray()),
            ],
            overwrite: true, Token);
        await stores.Metadata.RecordAsync(
            run, End,
            [Datum("attempt", "0"), Datum("ds-type", "local"), Datum("ds-root", stores.Blobs.Root), Datum("attempt-done", "0")], [], Token);
        return large;
    }
}
