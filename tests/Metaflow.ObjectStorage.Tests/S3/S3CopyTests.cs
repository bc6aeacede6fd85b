using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Client;
using Metaflow.Copying;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
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
