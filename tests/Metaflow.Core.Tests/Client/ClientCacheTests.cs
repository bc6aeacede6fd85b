using System.Buffers;
using System.Diagnostics;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Metadata;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Client;

/// <summary>Values of a datastore that is far away, which the client keeps on disk.</summary>
public sealed class ClientCacheTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly TemporaryFolder _folder = new();
    private readonly MemoryBlobStore _memory = new();
    private readonly RunStores _far;
    private int _reads;

    public ClientCacheTests()
    {
        var blobs = new HookedBlobStore(_memory)
        {
            Opening = path =>
            {
                _reads += path.StartsWith($"{Flow}/data/", StringComparison.Ordinal) ? 1 : 0;
                return Task.CompletedTask;
            },
        };
        _far = new RunStores(blobs, new StoreMetadataProvider(blobs, TimeProvider.System));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Kept => Path.Combine(_folder.Path, "kept");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_value_is_read_from_afar_once()
    {
        var sample = await new SampleRun(_far).WriteAsync(2);
        Assert.Equal("grüße", Open().Run(sample.Pathspec).Data["text"]);
        var reads = _reads;
        Assert.True(reads > 0);
        Assert.Equal("grüße", Open().Run(sample.Pathspec).Data["text"]);
        Assert.Equal(reads, _reads);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Files())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Theory]
    [InlineData("another value")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_file_that_was_changed_or_is_no_file_is_never_believed(string? content)
    {
        var sample = await new SampleRun(_far).WriteAsync(2);
        var before = Open().Run(sample.Pathspec).Data["text"];
        foreach (var file in Files())
        {
            if (content is null)
            {
                File.Delete(file);
                using var pipe = Process.Start("mkfifo", [file]);
                await pipe.WaitForExitAsync(Token);
            }
            else
            {
                await File.WriteAllTextAsync(file, content, Token);
            }
        }

        Assert.Equal(before, Open().Run(sample.Pathspec).Data["text"]);
        var reads = _reads;
        Assert.Equal(before, Open().Run(sample.Pathspec).Data["text"]);
        Assert.Equal(reads, _reads);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_means_only_that_nothing_is_kept()
    {
        var sample = await new SampleRun(_far).WriteAsync(2);
        await File.WriteAllTextAsync(Kept, "a file in the place of the folder", Token);
        Assert.Equal("grüße", Open().Run(sample.Pathspec).Data["text"]);
    }

    [Fact]
    public async Task What_was_not_used_for_the_longest_time_makes_room()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var files = new PayloadFiles(Kept, 10_000, time);
        var keys = Enumerable.Range(0, 9).Select(static i => new string((char)('a' + (i % 6)), 39) + i).ToArray();
        foreach (var key in keys)
        {
            files.Add(key, new byte[1000]);
            File.SetLastWriteTimeUtc(PathOf(key), time.GetUtcNow().UtcDateTime);
            time.Advance(TimeSpan.FromHours(1));
        }

        await files.TryOpen(keys[0])!.DisposeAsync();
        files.Add(new string('f', 40), new byte[1000]);
        files.Add(new string('e', 40), new byte[5000]);

        Assert.True(Files().Sum(static file => new FileInfo(file).Length) <= 10_000);
        Assert.True(File.Exists(PathOf(keys[0])), "the oldest, which was used again, is gone");
        Assert.False(File.Exists(PathOf(keys[1])), "the one that was not used for the longest time is there");
        Assert.False(File.Exists(PathOf(new string('e', 40))), "a value of half the room was kept");
    }

    [Fact]
    public async Task Several_processes_share_the_folder_and_its_size()
    {
        byte[] payload = [.. Enumerable.Range(0, 1000).Select(static i => (byte)i)];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(process => Task.Run(async () =>
        {
            var files = new PayloadFiles(Kept, 50_000, TimeProvider.System);
            for (var i = 0; i < 300; i++)
            {
                var key = (i * 7 % 100).ToString("x40", System.Globalization.CultureInfo.InvariantCulture);
                await using var kept = files.TryOpen(key);
                if (kept is null)
                {
                    files.Add(key, payload.AsMemory(0, 400), payload.AsMemory(400));
                    continue;
                }

                var bytes = new byte[payload.Length];
                await kept.ReadExactlyAsync(bytes, Token);
                Assert.Equal(payload, bytes);
            }
        }, Token)));
        Assert.InRange(Files().Sum(static file => new FileInfo(file).Length), 1, 50_000 + (4 * 5_000));
        Assert.DoesNotContain(Files(), static file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../../../../etc/passwd/abcdefghijklmnopq")]
    [InlineData("")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF01")]
    public void A_name_that_is_no_hash_leads_nowhere(string key)
    {
        var files = new PayloadFiles(Kept, 10_000, TimeProvider.System);
        files.Add(key, new byte[1]);
        files.Remove(key);
        Assert.Null(files.TryOpen(key));
        Assert.False(Directory.Exists(Kept));
    }

    [Fact]
    public async Task Large_arrays_and_included_files_are_kept_too()
    {
        byte[] bytes = [.. Enumerable.Range(0, 3_000_000).Select(static i => (byte)(i * i))];
        var content = new FlowDatastore(_far.Blobs, Flow, TimeProvider.System).Content;
        var key = (await content.SaveAsync([new ReadOnlySequence<byte>(bytes)], raw: true, Token))[0];
        var url = await new FlowDatastore(_far.Blobs, Flow, TimeProvider.System).SaveFileAsync("included"u8.ToArray(), Token);
        for (var i = 0; i < 2; i++)
        {
            var datastore = new FlowDatastore(
                i == 0 ? _far.Blobs : new MemoryBlobStore(), Flow, TimeProvider.System, null,
                new PayloadFiles(Kept, 50 << 20, TimeProvider.System));
            var room = new byte[bytes.Length - 5];
            Assert.True(await datastore.Content.TryFillAsync(
                key, [new PayloadPart(bytes.AsMemory(0, 5), IsKnown: true), new PayloadPart(room, IsKnown: false)], Token));
            Assert.Equal(bytes[5..], room);
            Assert.Equal("included"u8.ToArray(), await datastore.LoadFileAsync(url, Token));
        }
    }

    [Theory]
    [InlineData("HOME", "/home/ada", "/home/ada/.cache/metaflow/payloads")]
    [InlineData("XDG_CACHE_HOME", "/caches", "/caches/metaflow/payloads")]
    [InlineData("METAFLOW_CLIENT_CACHE_PATH", "/kept", "/kept/payloads")]
    [InlineData("METAFLOW_CLIENT_CACHE_PATH", "kept", "/place/kept/payloads")]
    [InlineData("OTHER", "", null)]
    public void Settings_say_where_and_how_much(string name, string value, string? folder)
    {
        var environment = new Dictionary<string, string> { ["METAFLOW_USER"] = "ada", [name] = value };
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are those of Unix.");
        var settings = SettingsLoader.Load(environment, "/place");
        Assert.Equal((folder, 10_000L << 20), (settings.ClientCacheFolder, settings.ClientCacheBytes));
        environment["METAFLOW_CLIENT_CACHE_MAX_SIZE"] = "5";
        Assert.Equal(5 << 20, SettingsLoader.Load(environment, "/place").ClientCacheBytes);
    }

    private MetaflowClient Open() => new([new ClientContext(_far, null, new PayloadFiles(Kept, 1 << 20, TimeProvider.System))], null);

    private string PathOf(string key) => Path.Combine(Kept, key[..2], key);

    private string[] Files() => Directory.GetFiles(Kept, "*", SearchOption.AllDirectories);
}
