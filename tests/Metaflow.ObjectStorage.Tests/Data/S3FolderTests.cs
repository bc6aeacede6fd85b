using System.Security.Cryptography;
using System.Text;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>Data of authors in S3, as moto imitates it.</summary>
public sealed class S3FolderTests(MotoServer moto) : ObjectFolderSuite
{
    private const int PartSize = 8 << 20;
    private DataPlace _place = null!;

    protected override string Root => _place.Root;

    public override async ValueTask InitializeAsync()
    {
        _place = await DataPlace.CreateAsync(moto);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Theory]
    [InlineData(Fault.SlowDown)]
    [InlineData(Fault.InternalError)]
    [InlineData(Fault.LostRequest)]
    [InlineData(Fault.LostResponse)]
    [InlineData(Fault.TornResponse)]
    public async Task Objects_of_all_sizes_come_and_go_whichever_request_fails(Fault fault)
    {
        foreach (var size in (int[])[10, 700_000, (PartSize * 2) + 5])
        {
            var content = RandomNumberGenerator.GetBytes(size);
            for (var failing = 0; failing < (size > PartSize ? 5 : 2); failing++)
            {
                using var folder = _place.Open();
                var key = $"{size}/{failing}";
                _place.Fail(failing, fault);
                Assert.True((await folder.PutAsync(key, content, overwrite: false, cancellationToken: Token)).IsStored);
                _place.Fail(failing, fault);
                Assert.Equal(content, (await folder.GetAsync(key, cancellationToken: Token)).ReadBytes());
                _place.Fail(failing, fault);
                Assert.Equal(
                    content[3..9], (await folder.GetAsync(new ObjectRange(key, 3, 6), cancellationToken: Token)).ReadBytes());
                _place.Fail(failing, fault);
                await using var stream = await folder.OpenReadAsync(key, Token);
                Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(stream, Token));
            }
        }
    }

    [Fact]
    public async Task Thousands_of_small_objects_come_and_go_while_requests_fail()
    {
        using var folder = _place.Open(("METAFLOW_S3_WORKER_COUNT", "16"));
        _place.Proxy.Faults = static (number, request) => (number % 53, number % 59, number % 61) switch
        {
            (0, _, _) => Fault.SlowDown,
            (_, 0, _) => Fault.LostResponse,
            (_, _, 0) => request.Method == "GET" ? Fault.TornResponse : Fault.LostRequest,
            _ => Fault.None,
        };
        string[] keys = [.. Enumerable.Range(0, 2000).Select(static i => $"many/{i % 7}/{i:0000}")];

        var puts = keys.Select(static key => new ObjectPut(key, key));
        var stored = await folder.PutManyAsync(puts, overwrite: false, cancellationToken: Token);
        var found = await folder.GetManyAsync(keys, cancellationToken: Token);

        Assert.All(stored, static put => Assert.True(put.IsStored));
        Assert.Equal(keys, found.Select(static data => data.ReadText()));
        Assert.Equal(2000, (await folder.ListRecursiveAsync(["many"], Token)).Count);
        Assert.All(await folder.InfoManyAsync(keys, cancellationToken: Token), static info => Assert.True(info.Exists));
    }

    [Fact]
    public async Task An_object_that_was_changed_behind_its_checksum_is_found()
    {
        using var folder = _place.Open();
        await folder.PutAsync("x", "content", cancellationToken: Token);
        var client = Buckets.ClientOf(_place.Server, _place.Bucket);
        await PutAsync(client, "some/prefix/x", "CONTENT", await MetadataAsync(client, "some/prefix/x"));

        var error = await Assert.ThrowsAsync<StorageException>(() => folder.GetAsync("x", cancellationToken: Token));
        Assert.Equal(ErrorCodes.ObjectDamaged, error.Code);
        using var trusting = ObjectFolder.Open(Root, _place.Options() with { Checksums = false });
        await trusting.PutAsync("y", "content", cancellationToken: Token);
        Assert.Empty(await MetadataAsync(client, "some/prefix/y"));
    }

    [Fact]
    public async Task A_bucket_that_is_missing_and_a_refusal_say_so()
    {
        using var missing = ObjectFolder.Open("s3://missing-bucket/x", _place.Options());
        var error = await Assert.ThrowsAsync<StorageException>(() => missing.PutAsync("x", "1", cancellationToken: Token));
        Assert.Equal(ErrorCodes.BucketMissing, error.Code);
        Assert.DoesNotContain("DATASTORE", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ErrorCodes.BucketMissing,
            (await Assert.ThrowsAsync<StorageException>(() => missing.ListPathsAsync(cancellationToken: Token))).Code);

        await using var refusing = await SmallServer.StartAsync(static async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("<Error><Code>AccessDenied</Code></Error>"));
        });
        using var denied = ObjectFolder.Open(Root, DataPlace.OptionsWith(("METAFLOW_S3_ENDPOINT_URL", refusing.Address.ToString())));
        Assert.Equal(
            ErrorCodes.StorageNoPermission,
            (await Assert.ThrowsAsync<StorageException>(() => denied.GetAsync("x", cancellationToken: Token))).Code);
    }

    [Theory]
    [InlineData("s3://", ErrorCodes.ObjectAddressInvalid)]
    [InlineData("s3://a/b", ErrorCodes.StoreAddressInvalid)]
    [InlineData("s3://our-bucket/a/../b", ErrorCodes.ObjectAddressInvalid)]
    [InlineData("s4://our-bucket", ErrorCodes.UnknownStoreType)]
    public void An_address_that_cannot_be_is_refused_where_it_is_opened(string address, string code)
        => Assert.Equal(code, Assert.Throws<ConfigurationException>(() => ObjectFolder.Open(address, _place.Options())).Code);

    [Fact]
    public void The_data_of_a_run_in_S3_are_where_Python_has_them()
    {
        var run = new Run(new StoreAddress("s3", "s3://our-bucket/runs/"));
        using var beside = ObjectFolder.ForRun(run, options: _place.Options());
        using var renamed = ObjectFolder.ForRun(run, options: _place.Options(("METAFLOW_DATATOOLS_SUFFIX", "files")));
        using var set = ObjectFolder.ForRun(run, options: _place.Options(("METAFLOW_DATATOOLS_S3ROOT", "s3://other-bucket/d/")));
        var elsewhere = new Run(StoreAddress.Local("/x/.metaflow"));
        using var chosen = ObjectFolder.ForRun(
            elsewhere, "s3", options: _place.Options(("METAFLOW_DATASTORE_SYSROOT_S3", "s3://own-bucket")));

        Assert.Equal("s3://our-bucket/runs/data/TrainFlow/17", beside.Address);
        Assert.Equal("s3://our-bucket/runs/files/TrainFlow/17", renamed.Address);
        Assert.Equal("s3://other-bucket/d/TrainFlow/17", set.Address);
        Assert.Equal("s3://own-bucket/data/TrainFlow/17", chosen.Address);
    }

    [Fact]
    public void The_data_of_a_run_that_a_client_reads_are_beside_its_datastore_if_the_settings_are_for_another()
    {
        var own = new Run(new StoreAddress("s3", "s3://our-bucket/runs/")) { IsOfClient = true };
        var other = new Run(new StoreAddress("s3", "s3://their-bucket/runs")) { IsOfClient = true };
        var options = _place.Options(
            ("METAFLOW_DATASTORE_SYSROOT_S3", "s3://our-bucket/runs"), ("METAFLOW_DATATOOLS_S3ROOT", "s3://our-bucket/things"));
        using var ofOwn = ObjectFolder.ForRun(own, options: options);
        using var ofOther = ObjectFolder.ForRun(other, options: options);
        using var ofTask = ObjectFolder.ForRun(other with { IsOfClient = false }, options: options);

        Assert.Equal("s3://our-bucket/things/TrainFlow/17", ofOwn.Address);
        Assert.Equal("s3://their-bucket/runs/data/TrainFlow/17", ofOther.Address);
        Assert.Equal("s3://our-bucket/things/TrainFlow/17", ofTask.Address);
    }

    protected override ObjectFolder Open(string? root)
        => root is null ? ObjectFolder.OpenAddresses(_place.Options()) : ObjectFolder.Open(root, _place.Options());

    private static async Task<IReadOnlyDictionary<string, string>> MetadataAsync(ObjectClient client, string key)
        => (await client.LookAsync(key, "Not found.", Token))!.Metadata;

    private static async Task PutAsync(ObjectClient client, string key, string text, IReadOnlyDictionary<string, string> metadata)
    {
        var properties = new ObjectProperties();
        foreach (var (name, value) in metadata)
        {
            properties.Metadata[name] = value;
        }

        var request = client.Service.Put(key, Encoding.UTF8.GetBytes(text), properties, isCreation: false);
        (await client.SendAsync(request, "Not stored.", Token)).Response.Dispose();
    }

    private sealed record Run(StoreAddress? Datastore) : IRunScope
    {
        public string FlowName => "TrainFlow";

        public string RunId => "17";

        public bool IsOfClient { get; init; }
    }
}
